package org.coplms.dataprep.duplicates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.Test;

class LinkFnTest {
  private static final double THRESHOLD = 0.5;
  private static final Shingles SHINGLES = new Shingles(2);

  @Property(tries = 80)
  void leadersOfAGroupAreNotSimilarAndRoomChangesNothing(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 12) int room) {
    List<Row> rows = rows(seed, false);

    List<Row> links = links(rows, false, room);

    assertThat(links).containsExactlyInAnyOrderElementsOf(links(rows, false, 1000));
    for (Row row : rows) {
      List<Row> before =
          rows.stream()
              .filter(
                  other -> other.getLong(0) == row.getLong(0) && other.getLong(2) < row.getLong(2))
              .filter(other -> !isLinked(other, links))
              .filter(other -> similar(row, other))
              .toList();
      assertThat(isLinked(row, links)).isEqualTo(!before.isEmpty());
      if (!before.isEmpty()) {
        assertThat(links)
            .contains(
                RowFactory.create(
                    row.getString(1),
                    null,
                    null,
                    before.get(0).getLong(2),
                    before.get(0).getString(1)));
      }
    }
  }

  @Property(tries = 80)
  void acrossSidesEveryRowWithASimilarOneBeforeIsLinkedWhateverTheRoom(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 12) int room) {
    List<Row> rows = rows(seed, true);

    List<Row> links = links(rows, true, room);

    for (Row row : rows) {
      List<String> before =
          rows.stream()
              .filter(other -> other.getLong(0) == row.getLong(0))
              .filter(other -> other.getString(4).compareTo(row.getString(4)) < 0)
              .filter(other -> similar(row, other))
              .map(other -> other.getString(1))
              .toList();
      List<String> linked =
          links.stream()
              .filter(link -> link.getString(0).equals(row.getString(1)))
              .map(link -> link.getString(4))
              .toList();
      assertThat(before).containsAll(linked);
      assertThat(linked.isEmpty()).isEqualTo(before.isEmpty());
      if (!before.isEmpty()) {
        assertThat(linked).contains(before.get(0));
      }
    }
  }

  @Test
  void twoRowsWithOneIdAreRefused() {
    List<Row> rows =
        List.of(
            RowFactory.create(1L, "r/1", 5L, "one text", null),
            RowFactory.create(1L, "r/1", 5L, "quite another", null));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> links(rows, false, 10))
        .withMessageContaining("'key' holds 'r/1' in two rows");
  }

  private static boolean isLinked(Row row, List<Row> links) {
    return links.stream().anyMatch(link -> link.getString(0).equals(row.getString(1)));
  }

  private static boolean similar(Row a, Row b) {
    return OverlapTest.similarity(SHINGLES.of(a.getString(3)), SHINGLES.of(b.getString(3)))
        >= THRESHOLD;
  }

  private static List<Row> links(List<Row> rows, boolean acrossSides, int room) {
    LinkSpec spec =
        new LinkSpec(SHINGLES, null, new Bands(1, 1), null, THRESHOLD, acrossSides, room, 0);
    List<Row> links = new ArrayList<>();
    try (Rounds rounds = new Rounds(rows.iterator(), SHINGLES)) {
      new LinkFn.LinkIterator(rounds, spec, "key").forEachRemaining(links::add);
    }
    return links;
  }

  /** Up to 3 groups of up to 40 short texts of few letters, in the order of groups and sides. */
  private static List<Row> rows(long seed, boolean sides) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Row> rows = new ArrayList<>();
    int groups = random.nextInt(1, 4);
    for (long group = 0; group < groups; group++) {
      int size = random.nextInt(1, 40);
      for (int i = 0; i < size; i++) {
        String text =
            random
                .ints(random.nextInt(1, 9), 'a', 'd')
                .mapToObj(Character::toString)
                .collect(Collectors.joining());
        String side = sides ? "side" + 3 * i / size : null;
        rows.add(RowFactory.create(group, group + "/" + i, (long) i, text, side));
      }
    }
    return rows;
  }
}
