package org.coplms.dataprep.builtin;

import java.time.LocalDate;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.coplms.dataprep.KeyedSeed;

/** Draws the items of one language, always the same for a seed, a language and a number. */
public final class CldrItems {
  /** Beyond this, drawing distinct items takes too many draws. */
  public static final int MOST_ITEMS = 15_000;

  private static final double NUMBER_SHARE = 0.7;
  private static final double SMALL_NUMBER_SHARE = 0.25;
  private static final LocalDate FIRST_DAY = LocalDate.of(1980, 1, 1);
  private static final LocalDate AFTER_LAST_DAY = LocalDate.of(2040, 1, 1);

  private final Language language;
  private final SplittableRandom random;

  private CldrItems(Language language, SplittableRandom random) {
    this.language = language;
    this.random = random;
  }

  /**
   * Distinct items: about 70 % numbers 0-9999, a quarter of them 0-999, and 30 % dates 1980-2039.
   */
  public static Collection<Item> draw(long seed, String code, int items) {
    CldrItems draws =
        new CldrItems(
            Language.of(code), new SplittableRandom(KeyedSeed.of(seed, "cldr items", code)));
    Map<String, Item> distinct = new LinkedHashMap<>();
    while (distinct.size() < items) {
      Item next = draws.next();
      distinct.putIfAbsent(next.item(), next);
    }
    return distinct.values();
  }

  private Item next() {
    if (random.nextDouble() < NUMBER_SHARE) {
      return language.number(
          random.nextInt(random.nextDouble() < SMALL_NUMBER_SHARE ? 1000 : 10_000));
    }
    return language.date(
        LocalDate.ofEpochDay(random.nextLong(FIRST_DAY.toEpochDay(), AFTER_LAST_DAY.toEpochDay())));
  }
}
