package org.coplms.dataprep.duplicates;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.xxhash64;

import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Links from rows to near duplicates before them, in the order of (side, a seeded hash of side and
 * id, id).
 *
 * <ol>
 *   <li>Each row gives a light row (bucket, order, sketch) for each band, and one whose bucket is
 *       the order itself, which brings equal ids together.
 *   <li>Of a bucket the rows stay that have a mate in it; buckets of the same rows become one
 *       group.
 *   <li>The texts of the rows that are left go to their groups, sorted in the order of rows.
 *   <li>Each group is read once; see {@link LinkFn}.
 *   <li>Of a row's links the one to the first row stays.
 * </ol>
 *
 * <p>Nothing is held by the driver. A light row is four numbers; n rows give n · (bands + 1) of
 * them.
 */
final class Links {
  /** The row and its side. */
  static final String ID = "id";

  static final String SIDE = "side";

  /** The row to which it is linked, and that one's side. */
  static final String OF = "of";

  static final String OF_SIDE = "ofSide";

  private static final String TEXT = "text";
  private static final String BUCKET = "bucket";
  private static final String GROUP = "group";
  private static final String ORDER = "order";

  /** Sorted by all of these but the text, the side before the order. */
  static final StructType CANDIDATES =
      new StructType()
          .add(GROUP, DataTypes.LongType, false)
          .add(ID, DataTypes.StringType, false)
          .add(ORDER, DataTypes.LongType, false)
          .add(TEXT, DataTypes.StringType, false)
          .add(SIDE, DataTypes.StringType, true);

  private static final StructType BUCKETS =
      new StructType()
          .add(BUCKET, DataTypes.LongType, false)
          .add(ORDER, DataTypes.LongType, false)
          .add("low", DataTypes.LongType, false)
          .add("high", DataTypes.LongType, false);

  private static final StructType GROUPS =
      new StructType().add(GROUP, DataTypes.LongType, false).add(ORDER, DataTypes.LongType, false);

  private static final StructType LINKS =
      new StructType()
          .add(ID, DataTypes.StringType, false)
          .add(SIDE, DataTypes.StringType, true)
          .add(OF_SIDE, DataTypes.StringType, true)
          .add(ORDER, DataTypes.LongType, false)
          .add(OF, DataTypes.StringType, false);

  private Links() {}

  /**
   * One row (id, side, of, ofSide) for each row that has a link; the sides are null where there are
   * none.
   */
  static Dataset<Row> of(Dataset<Row> table, LinkedColumns columns, LinkSpec spec) {
    Dataset<Row> rows = rows(table, columns, spec.seed());
    return candidates(rows, groups(rows, columns, spec))
        .mapPartitions(new LinkFn(spec, columns), Encoders.row(LINKS))
        .groupBy(ID, SIDE)
        .agg(min(struct(OF_SIDE, ORDER, OF)).as("first"))
        .select(col(ID), col(SIDE), col("first." + OF).as(OF), col("first." + OF_SIDE).as(OF_SIDE));
  }

  private static Dataset<Row> rows(Dataset<Row> table, LinkedColumns columns, long seed) {
    Column side =
        columns.side() == null
            ? lit(null).cast(DataTypes.StringType)
            : LinkedColumns.named(table, columns.side());
    return table
        .select(
            LinkedColumns.named(table, columns.id()).as(ID),
            LinkedColumns.named(table, columns.text()).as(TEXT),
            side.as(SIDE))
        .withColumn(ORDER, xxhash64(lit(seed), col(SIDE), col(ID)));
  }

  private static Dataset<Row> groups(Dataset<Row> rows, LinkedColumns columns, LinkSpec spec) {
    return rows.select(ID, TEXT, SIDE, ORDER)
        .flatMap(new BucketsFn(spec, columns), Encoders.row(BUCKETS))
        .repartition(col(BUCKET))
        .sortWithinPartitions(BUCKET)
        .mapPartitions(new GroupsFn(spec.sketches()), Encoders.row(GROUPS))
        .repartition(col(ORDER))
        .distinct();
  }

  private static Dataset<Row> candidates(Dataset<Row> rows, Dataset<Row> groups) {
    return rows.join(groups, ORDER)
        .select(GROUP, ID, ORDER, TEXT, SIDE)
        .repartition(col(GROUP))
        .sortWithinPartitions(GROUP, SIDE, ORDER, ID);
  }
}
