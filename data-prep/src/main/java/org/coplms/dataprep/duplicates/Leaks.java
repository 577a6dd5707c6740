package org.coplms.dataprep.duplicates;

import static org.apache.spark.sql.functions.col;

import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/**
 * Near duplicates between sides; see {@link NearDuplicates#across}.
 *
 * @param rows that are similar to a row of an earlier side; 0 when there is no leak
 * @param examples the first of them by side and id
 */
public record Leaks(long rows, List<Pair> examples) {
  public Leaks {
    examples = List.copyOf(examples);
  }

  /** A row and the first row of an earlier side to which it is similar. */
  public record Pair(String id, String side, String of, String ofSide) {}

  static Leaks of(Dataset<Row> across, int examples) {
    Dataset<Row> found = across.persist(StorageLevel.MEMORY_AND_DISK());
    try {
      long rows = found.count();
      List<Pair> pairs =
          found
              .orderBy(Links.SIDE, Links.ID)
              .limit(examples)
              .select(col(Links.ID), col(Links.SIDE), col(Links.OF), col(Links.OF_SIDE))
              .collectAsList()
              .stream()
              .map(
                  row ->
                      new Pair(
                          row.getString(0), row.getString(1), row.getString(2), row.getString(3)))
              .toList();
      return new Leaks(rows, pairs);
    } finally {
      found.unpersist();
    }
  }
}
