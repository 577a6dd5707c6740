package org.coplms.dataprep.duplicates;

import java.util.Iterator;
import java.util.stream.LongStream;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/**
 * (id, text, side, order) → (bucket, order, sketch) for each bucket of the text, and one whose
 * bucket is the order.
 *
 * <p>Throws {@link IllegalArgumentException} when the id or the text is null, or the side where
 * rows have sides.
 */
final class BucketsFn implements FlatMapFunction<Row, Row> {
  private static final long serialVersionUID = 1L;

  private final LinkSpec spec;
  private final String idCol;
  private final String textCol;
  private final String sideCol;

  BucketsFn(LinkSpec spec, LinkedColumns columns) {
    this.spec = spec;
    idCol = columns.id();
    textCol = columns.text();
    sideCol = columns.side();
  }

  @Override
  public Iterator<Row> call(Row row) {
    requireValues(row);
    long order = row.getLong(3);
    int[] hashes = spec.hashes().of(spec.shingles().occurrences(row.getString(1)));
    long[] sketch = spec.sketches().of(hashes);
    return LongStream.concat(LongStream.of(order), LongStream.of(spec.bands().buckets(hashes)))
        .mapToObj(bucket -> RowFactory.create(bucket, order, sketch[0], sketch[1]))
        .iterator();
  }

  private void requireValues(Row row) {
    if (row.isNullAt(0)) {
      throw new IllegalArgumentException(
          "The column '%s' holds null; every row needs an id of its own".formatted(idCol));
    }
    requireValue(row, 1, textCol);
    if (sideCol != null) {
      requireValue(row, 2, sideCol);
    }
  }

  private void requireValue(Row row, int place, String column) {
    if (row.isNullAt(place)) {
      throw new IllegalArgumentException(
          "The column '%s' holds null in the row with %s '%s'; leave such rows out"
              .formatted(column, idCol, row.getString(0)));
    }
  }
}
