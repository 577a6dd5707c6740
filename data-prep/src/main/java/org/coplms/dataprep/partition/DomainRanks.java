package org.coplms.dataprep.partition;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.function.Function2;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Ranks of rows within their group, as {@code row_number() − 1} of a window, without one task for
 * all rows of a large group: the table is sorted by (group, order) in ranges, the rows of each
 * (range, group) are counted, and each range ranks on from the rows before it.
 *
 * <p>The sorted ranges are one RDD, which both passes read: its shuffle and the ranges' bounds are
 * made once, and a range that is computed again, after the loss of an executor, is cut at the same
 * bounds. So there is nothing to unpersist; the shuffle's files go when the result is garbage. The
 * input is computed twice, for the bounds and for the shuffle: persist what is costly.
 */
public final class DomainRanks {
  private static final Set<DataType> GROUP_TYPES =
      Set.of(
          DataTypes.StringType,
          DataTypes.BooleanType,
          DataTypes.ByteType,
          DataTypes.ShortType,
          DataTypes.IntegerType,
          DataTypes.LongType,
          DataTypes.DateType,
          DataTypes.TimestampType);

  private final Dataset<Row> rows;
  private final JavaRDD<Row> sorted;
  private final int group;
  private final List<Row> runs;

  private DomainRanks(Dataset<Row> rows, String groupCol, List<Column> order) {
    this.rows = rows;
    group = rows.schema().fieldIndex(groupCol);
    Column[] by =
        Stream.concat(Stream.of(PartitionColumns.named(groupCol)), order.stream())
            .toArray(Column[]::new);
    sorted = rows.sort(by).javaRDD();
    runs = sorted.mapPartitionsWithIndex(new RunsFn(group), false).collect();
  }

  /**
   * Adds each row's place within its group, from 0, as a {@code long}. Runs the sort and the count
   * at once; the driver sees one count for each group and range. Null is a group of its own.
   *
   * @param groupCol of a type with plain equality: text, whole number, boolean, date or time
   * @param order within the group; ranks of rows that it leaves equal may differ from run to run.
   *     An expression is evaluated for every comparison: make a column of a costly one first
   * @param rankCol new column, the last one
   * @return rows in the order of (group, order)
   * @throws IllegalArgumentException when the group column is missing or of another type, or the
   *     rank column exists
   */
  public static Dataset<Row> of(
      Dataset<Row> rows, String groupCol, List<Column> order, String rankCol) {
    return sort(rows, groupCol, order).ranked(rankCol);
  }

  /** Sorts and counts; the ranks can be had afterwards. */
  static DomainRanks sort(Dataset<Row> rows, String groupCol, List<Column> order) {
    List<String> columns = Arrays.asList(rows.columns());
    if (!columns.contains(groupCol)) {
      throw new IllegalArgumentException(
          "There is no column '%s' to rank within; the columns are %s"
              .formatted(groupCol, columns));
    }
    DataType type = rows.schema().apply(groupCol).dataType();
    if (!GROUP_TYPES.contains(type)) {
      throw new IllegalArgumentException(
          "Column '%s' is of type %s, which cannot be ranked within; cast it to string"
              .formatted(groupCol, type.catalogString()));
    }
    return new DomainRanks(rows, groupCol, order);
  }

  /** Rows of each group; null is a key where it is a group. */
  Map<Object, Long> rowsPerGroup() {
    Map<Object, Long> counts = new HashMap<>();
    runs.forEach(run -> counts.merge(run.get(1), run.getLong(2), Long::sum));
    return counts;
  }

  Dataset<Row> ranked(String rankCol) {
    StructType schema = rows.schema();
    if (Arrays.asList(schema.fieldNames()).contains(rankCol)) {
      throw new IllegalArgumentException(
          "There is a column '%s' already; choose another name for the ranks".formatted(rankCol));
    }
    return rows.sparkSession()
        .createDataFrame(
            sorted.mapPartitionsWithIndex(new RankFn(group, starts()), true),
            schema.add(rankCol, DataTypes.LongType, false));
  }

  /**
   * For each range the rank of its first row. Every other group of a range starts there: the table
   * is sorted by group.
   */
  private long[] starts() {
    long[] starts = new long[sorted.getNumPartitions()];
    int range = -1;
    Object last = null;
    long rowsOfLast = 0;
    for (Row run : runs) {
      boolean goesOn = range >= 0 && Objects.equals(run.get(1), last);
      if (run.getInt(0) != range) {
        range = run.getInt(0);
        starts[range] = goesOn ? rowsOfLast : 0;
      }
      rowsOfLast = run.getLong(2) + (goesOn ? rowsOfLast : 0);
      last = run.get(1);
    }
    return starts;
  }

  /** Sorted rows → (range, group, rows) for each group of the range, in order. */
  private static final class RunsFn implements Function2<Integer, Iterator<Row>, Iterator<Row>> {
    private static final long serialVersionUID = 1L;

    private final int group;

    RunsFn(int group) {
      this.group = group;
    }

    @Override
    public Iterator<Row> call(Integer range, Iterator<Row> rows) {
      List<Row> runs = new ArrayList<>();
      Object current = null;
      long count = 0;
      while (rows.hasNext()) {
        Object next = rows.next().get(group);
        if (count > 0 && !Objects.equals(current, next)) {
          runs.add(RowFactory.create(range, current, count));
          count = 0;
        }
        current = next;
        count++;
      }
      if (count > 0) {
        runs.add(RowFactory.create(range, current, count));
      }
      return runs.iterator();
    }
  }

  /** Sorted rows → the rows with their rank. */
  private static final class RankFn implements Function2<Integer, Iterator<Row>, Iterator<Row>> {
    private static final long serialVersionUID = 1L;

    private final int group;
    private final long[] starts;

    RankFn(int group, long[] starts) {
      this.group = group;
      this.starts = starts;
    }

    @Override
    public Iterator<Row> call(Integer range, Iterator<Row> rows) {
      return new RankedRows(rows, group, starts[range]);
    }
  }

  private static final class RankedRows implements Iterator<Row> {
    private final Iterator<Row> rows;
    private final int group;
    private Object current;
    private long rank;
    private boolean started;

    RankedRows(Iterator<Row> rows, int group, long start) {
      this.rows = rows;
      this.group = group;
      rank = start;
    }

    @Override
    public boolean hasNext() {
      return rows.hasNext();
    }

    @Override
    public Row next() {
      Row row = rows.next();
      Object next = row.get(group);
      if (started && !Objects.equals(current, next)) {
        rank = 0;
      }
      started = true;
      current = next;
      Object[] values = new Object[row.length() + 1];
      for (int i = 0; i < row.length(); i++) {
        values[i] = row.get(i);
      }
      values[row.length()] = rank++;
      return RowFactory.create(values);
    }
  }
}
