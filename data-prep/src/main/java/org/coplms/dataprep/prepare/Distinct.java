package org.coplms.dataprep.prepare;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.struct;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.coplms.dataprep.files.RecordSchema;

/** Removal of equal prompts. */
final class Distinct {
  private Distinct() {}

  /**
   * One row for each key: of records with equal keys the smallest, whatever the order of files.
   *
   * @param usable records without a problem
   * @param within columns whose values keep equal prompts apart
   */
  static Dataset<Row> of(Dataset<Row> usable, List<String> within) {
    List<Column> keys = new ArrayList<>(within.stream().map(name -> col(name)).toList());
    keys.add(col(ItemSchema.KEY));
    List<Column> columns = new ArrayList<>(keys);
    columns.add(col("kept.*"));
    List<Column> others = new ArrayList<>();
    for (String name :
        List.of(
            RecordSchema.DOMAIN,
            RecordSchema.PROMPT,
            RecordSchema.RESPONSES,
            RecordSchema.ITEM,
            RecordSchema.DEVICE)) {
      if (!within.contains(name)) {
        others.add(col(name));
      }
    }
    return usable
        .withColumn(ItemSchema.KEY, ItemSchema.key(col(RecordSchema.PROMPT)))
        .groupBy(keys.toArray(new Column[0]))
        .agg(min(struct(others.toArray(new Column[0]))).as("kept"))
        .select(columns.toArray(new Column[0]))
        .withColumn(ItemSchema.DIGEST, ItemSchema.digest());
  }
}
