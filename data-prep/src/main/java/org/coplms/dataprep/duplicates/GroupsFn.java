package org.coplms.dataprep.duplicates;

import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/**
 * (bucket, order) in the order of buckets → (group, order) of each bucket with at least two rows.
 *
 * <p>The group is a hash of the bucket's set of rows: buckets with the same rows are one group,
 * whose rows need to be compared once. Two sets with the same hash would become one group, which
 * costs comparisons and loses none.
 */
final class GroupsFn implements MapPartitionsFunction<Row, Row> {
  private static final long serialVersionUID = 1L;

  @Override
  public Iterator<Row> call(Iterator<Row> rows) {
    return new Groups(rows);
  }

  private static final class Groups implements Iterator<Row> {
    private final Iterator<Row> rows;
    private Row ahead;
    private long[] orders = new long[64];
    private int size;
    private int given;
    private long group;

    Groups(Iterator<Row> rows) {
      this.rows = rows;
      ahead = read();
    }

    @Override
    public boolean hasNext() {
      while (given == size && ahead != null) {
        readBucket();
      }
      return given < size;
    }

    @Override
    public Row next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      return RowFactory.create(group, orders[given++]);
    }

    /** Leaves nothing to give where the bucket has one row. */
    private void readBucket() {
      long bucket = ahead.getLong(0);
      size = 0;
      given = 0;
      group = 0;
      while (ahead != null && ahead.getLong(0) == bucket) {
        add(ahead.getLong(1));
        ahead = read();
      }
      if (size == 1) {
        size = 0;
      }
    }

    private void add(long order) {
      if (size == orders.length) {
        orders = Arrays.copyOf(orders, size * 2);
      }
      orders[size++] = order;
      group += Mix.of(order);
    }

    private Row read() {
      return rows.hasNext() ? rows.next() : null;
    }
  }
}
