package org.coplms.dataprep.duplicates;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.Test;

class GroupsFnTest {
  private static final Sketches SKETCHES = new Sketches(64, 1);

  @Test
  void onlyRowsWithAMateStay() {
    List<Row> groups =
        groups(
            row(1, 10, 0b0), row(1, 11, 0b1), row(1, 12, 0b111), row(2, 10, 0b0), row(3, 7, 0b0));

    assertThat(groups).extracting(group -> group.getLong(1)).containsExactly(10L, 11L);
  }

  @Test
  void equalOrdersAreMatesWhateverTheTexts() {
    List<Row> groups = groups(row(10, 10, 0b0), row(10, 10, 0b111));

    assertThat(groups).extracting(group -> group.getLong(1)).containsExactly(10L, 10L);
  }

  @Test
  void bucketsOfTheSameMatesAreOneGroupWhateverStandsBesideThem() {
    List<Row> groups =
        groups(
            row(1, 10, 0b0),
            row(1, 11, 0b1),
            row(1, 12, 0b1111),
            row(2, 11, 0b1),
            row(2, 10, 0b0),
            row(3, 10, 0b0),
            row(3, 13, 0b1));

    assertThat(groups).hasSize(6);
    assertThat(groups.subList(0, 4))
        .extracting(group -> group.getLong(0))
        .containsOnly(groups.get(0).getLong(0));
    assertThat(groups.get(4).getLong(0)).isNotEqualTo(groups.get(0).getLong(0));
  }

  @Test
  void aBucketTooLargeToCompareKeepsAll() {
    assertThat(groups(unlike(GroupsFn.MOST_COMPARED))).isEmpty();
    assertThat(groups(unlike(GroupsFn.MOST_COMPARED + 1))).hasSize(GroupsFn.MOST_COMPARED + 1);
  }

  /** Two numbers with two bits each for a bit of theirs differ in at least two bits. */
  private static Row[] unlike(int size) {
    return LongStream.range(0, size).mapToObj(i -> row(1, i, i | (i << 32))).toArray(Row[]::new);
  }

  private static Row row(long bucket, long order, long sketch) {
    return RowFactory.create(bucket, order, sketch, 0L);
  }

  private static List<Row> groups(Row... rows) {
    List<Row> groups = new ArrayList<>();
    new GroupsFn(SKETCHES).call(List.of(rows).iterator()).forEachRemaining(groups::add);
    return groups;
  }
}
