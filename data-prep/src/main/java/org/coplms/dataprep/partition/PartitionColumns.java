package org.coplms.dataprep.partition;

import java.util.Arrays;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** What the stages of this package ask of a table's columns. */
final class PartitionColumns {
  private static final Set<DataType> WHOLE =
      Set.of(DataTypes.ByteType, DataTypes.ShortType, DataTypes.IntegerType, DataTypes.LongType);

  private final StructType schema;

  PartitionColumns(StructType schema) {
    this.schema = schema;
  }

  /** The column of this very name, dots and all. */
  static Column named(String name) {
    return functions.col("`" + name.replace("`", "``") + "`");
  }

  void requireText(String param, String column) {
    require(type(param, column).equals(DataTypes.StringType), param, column, "string");
  }

  void requireTextOrWhole(String param, String column) {
    DataType type = type(param, column);
    require(
        type.equals(DataTypes.StringType) || WHOLE.contains(type),
        param,
        column,
        "string or a whole number");
  }

  private void require(boolean fits, String param, String column, String wanted) {
    if (!fits) {
      throw new IllegalArgumentException(
          "Column '%s' (%s) must be %s, got %s; cast it"
              .formatted(column, param, wanted, schema.apply(column).dataType().catalogString()));
    }
  }

  private DataType type(String param, String column) {
    if (!has(column)) {
      throw new IllegalArgumentException(
          "There is no column '%s' (%s); the columns are %s"
              .formatted(column, param, Arrays.toString(schema.fieldNames())));
    }
    return schema.apply(column).dataType();
  }

  /** The schema with the device's number at its end. */
  StructType with(String outputCol) {
    if (has(outputCol)) {
      throw new IllegalArgumentException(
          "There is a column '%s' already; choose another outputCol".formatted(outputCol));
    }
    return schema.add(outputCol, DataTypes.IntegerType, false);
  }

  private boolean has(String column) {
    return Arrays.asList(schema.fieldNames()).contains(column);
  }
}
