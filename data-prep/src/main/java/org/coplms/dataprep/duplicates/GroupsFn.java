package org.coplms.dataprep.duplicates;

import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/**
 * (bucket, order, sketch) in the order of buckets → (group, order) of the rows of each bucket that
 * have a mate in it: a row with the same order, or an alike sketch.
 *
 * <p>The group is a hash of the bucket's set of such rows: buckets with the same rows are one
 * group, whose rows need to be compared once. Two sets with the same hash would become one group,
 * which costs comparisons and loses none.
 */
final class GroupsFn implements MapPartitionsFunction<Row, Row> {
  /** In a larger bucket, which costs the square, every row counts as having a mate. */
  static final int MOST_COMPARED = 4096;

  private static final long serialVersionUID = 1L;

  private final Sketches sketches;

  GroupsFn(Sketches sketches) {
    this.sketches = sketches;
  }

  @Override
  public Iterator<Row> call(Iterator<Row> rows) {
    return new Groups(rows, sketches);
  }

  private static final class Groups implements Iterator<Row> {
    private final Iterator<Row> rows;
    private final Sketches sketches;
    private Row ahead;
    private long[] orders = new long[64];
    private long[] lows = new long[64];
    private long[] highs = new long[64];
    private int size;
    private int given;
    private long group;

    Groups(Iterator<Row> rows, Sketches sketches) {
      this.rows = rows;
      this.sketches = sketches;
      ahead = read();
    }

    @Override
    public boolean hasNext() {
      while (given == size && ahead != null) {
        readBucket();
        keepMates();
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

    private void readBucket() {
      long bucket = ahead.getLong(0);
      size = 0;
      while (ahead != null && ahead.getLong(0) == bucket) {
        add(ahead);
        ahead = read();
      }
    }

    private void add(Row row) {
      if (size == orders.length) {
        orders = Arrays.copyOf(orders, size * 2);
        lows = Arrays.copyOf(lows, size * 2);
        highs = Arrays.copyOf(highs, size * 2);
      }
      orders[size] = row.getLong(1);
      lows[size] = row.getLong(2);
      highs[size] = row.getLong(3);
      size++;
    }

    private void keepMates() {
      boolean[] mates = mates();
      int kept = 0;
      group = 0;
      for (int i = 0; i < size; i++) {
        if (mates[i]) {
          orders[kept++] = orders[i];
          group += Mix.of(orders[i]);
        }
      }
      size = kept;
      given = 0;
    }

    private boolean[] mates() {
      boolean[] mates = new boolean[size];
      if (size > MOST_COMPARED) {
        Arrays.fill(mates, true);
        return mates;
      }
      for (int i = 0; i < size; i++) {
        for (int j = i + 1; j < size; j++) {
          if (!(mates[i] && mates[j]) && areMates(i, j)) {
            mates[i] = true;
            mates[j] = true;
          }
        }
      }
      return mates;
    }

    private boolean areMates(int i, int j) {
      return orders[i] == orders[j] || sketches.areAlike(lows[i], highs[i], lows[j], highs[j]);
    }

    private Row read() {
      return rows.hasNext() ? rows.next() : null;
    }
  }
}
