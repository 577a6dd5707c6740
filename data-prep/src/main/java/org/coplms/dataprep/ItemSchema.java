package org.coplms.dataprep;

import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** What a source offers before deduplication: an item, or what is wrong with a record and where. */
final class ItemSchema {
  /** Unique within the domain. */
  static final String ITEM = "item";

  /** The normalised prompt, see {@link PromptKey}. */
  static final String KEY = "key";

  /** Why the record is unusable; null for an item. */
  static final String PROBLEM = "problem";

  /** The file of an unusable record; null for an item. */
  static final String FILE = "file";

  static final StructType ITEMS =
      DataTypes.createStructType(
          List.of(
              optional(ExampleSchema.DOMAIN, DataTypes.StringType),
              optional(ITEM, DataTypes.StringType),
              optional(KEY, DataTypes.StringType),
              optional(ExampleSchema.PROMPT, DataTypes.StringType),
              optional(
                  ExampleSchema.RESPONSES, DataTypes.createArrayType(DataTypes.StringType, false)),
              optional(PROBLEM, DataTypes.StringType),
              optional(FILE, DataTypes.StringType)));

  private ItemSchema() {}

  static Row row(Item item) {
    return RowFactory.create(
        item.domain(),
        item.item(),
        PromptKey.of(item.prompt()),
        item.prompt(),
        item.responses().toArray(new String[0]),
        null,
        null);
  }

  static Row problem(String problem, String file) {
    return RowFactory.create(null, null, null, null, null, problem, file);
  }

  private static StructField optional(String name, DataType type) {
    return DataTypes.createStructField(name, type, true);
  }
}
