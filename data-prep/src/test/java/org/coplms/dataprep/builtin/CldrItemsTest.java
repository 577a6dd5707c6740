package org.coplms.dataprep.builtin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class CldrItemsTest {
  @Test
  void theSameSeedGivesTheSameItems() {
    assertThat(CldrItems.draw(7, "fr", 300))
        .containsExactlyElementsOf(CldrItems.draw(7, "fr", 300));
  }

  @Test
  void anotherSeedGivesOtherItems() {
    assertThat(List.copyOf(CldrItems.draw(8, "fr", 300)))
        .isNotEqualTo(List.copyOf(CldrItems.draw(7, "fr", 300)));
  }

  @Test
  void itemsAreDistinct() {
    assertThat(CldrItems.draw(1, "sv", 2000)).extracting(Item::item).doesNotHaveDuplicates();
  }

  @Test
  void aboutSeventyPercentAreNumbersAndManyOfThemSmall() {
    Collection<Item> items = CldrItems.draw(1, "en", 2000);
    List<Integer> numbers =
        items.stream()
            .filter(item -> item.item().startsWith("number-"))
            .map(item -> Integer.valueOf(item.item().substring("number-".length())))
            .toList();
    long small = numbers.stream().filter(n -> n < 1000).count();
    assertThat(numbers.size() / 2000.0).isCloseTo(0.68, Offset.offset(0.04));
    // A quarter of the draws and a tenth of the others, less those drawn twice.
    assertThat(small / (double) numbers.size()).isCloseTo(0.29, Offset.offset(0.04));
    assertThat(numbers).allMatch(n -> n >= 0 && n <= 9999);
  }

  @Test
  void datesLieBetween1980And2039() {
    assertThat(CldrItems.draw(1, "en", 2000))
        .extracting(Item::item)
        .filteredOn(item -> item.startsWith("date-"))
        .isNotEmpty()
        .allMatch(item -> item.compareTo("date-1980-01-01") >= 0)
        .allMatch(item -> item.compareTo("date-2039-12-31") <= 0);
  }
}
