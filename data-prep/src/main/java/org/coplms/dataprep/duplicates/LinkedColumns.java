package org.coplms.dataprep.duplicates;

import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * The columns of a table that links are made of.
 *
 * @param id unique within a side
 * @param side null where rows have none
 */
record LinkedColumns(String id, String text, String side) {
  /**
   * @throws IllegalArgumentException when the table lacks one of them, or it holds no strings
   */
  void require(StructType schema) {
    requireTexts(schema, id, "ids");
    requireTexts(schema, text, "texts");
    if (side != null) {
      requireTexts(schema, side, "sides");
    }
  }

  private static void requireTexts(StructType schema, String column, String what) {
    List<String> names = Arrays.asList(schema.fieldNames());
    if (!names.contains(column)) {
      throw new IllegalArgumentException(
          "There is no column '%s' with %s; the columns are %s"
              .formatted(column, what, String.join(", ", names)));
    }
    DataType type = schema.apply(column).dataType();
    if (!type.equals(DataTypes.StringType)) {
      throw new IllegalArgumentException(
          "The column '%s' holds %s, %s must be string; cast it"
              .formatted(column, type.simpleString(), what));
    }
  }

  /** The column of this very name, dots and all. */
  static Column named(Dataset<Row> table, String name) {
    return table.col("`" + name.replace("`", "``") + "`");
  }
}
