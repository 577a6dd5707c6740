package org.coplms.dataprep.files;

import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * A record as read. {@link #FILE}, {@link #BLOCK}, {@link #LINE} and {@link #PART} name it and
 * order records as the files, sorted by path, have them.
 */
public final class RecordSchema {
  /** The file's URI. */
  public static final String FILE = "file";

  /** Where the block that holds the record begins in its file, in bytes; 0 for whole files. */
  public static final String BLOCK = "block";

  /** The line in the block, from 1, on which the record begins; of Parquet the row in the file. */
  public static final String LINE = "line";

  /** Which of the records that begin on the line it is, from 0. */
  public static final String PART = "part";

  /** Null where a later stage finds it. */
  public static final String DOMAIN = "domain";

  /** The edge device that owns the record; null where none is given. */
  public static final String DEVICE = "device";

  /** The id that the record has; null where it has none. */
  public static final String ITEM = "item";

  public static final String PROMPT = "prompt";

  /** At least one, distinct, in the record's order. */
  public static final String RESPONSES = "responses";

  /** Why the record is unusable; null for a usable one. */
  public static final String PROBLEM = "problem";

  /** The kind of the problem, as {@code too-long}. */
  public static final String KIND = "kind";

  /** The text of an unusable record, at most {@value #MOST_RECORD_CHARS} characters of it. */
  public static final String RECORD = "record";

  static final int MOST_RECORD_CHARS = 1 << 16;

  public static final StructType RECORDS =
      DataTypes.createStructType(
          List.of(
              DataTypes.createStructField(FILE, DataTypes.StringType, false),
              DataTypes.createStructField(BLOCK, DataTypes.LongType, false),
              DataTypes.createStructField(LINE, DataTypes.LongType, false),
              DataTypes.createStructField(PART, DataTypes.IntegerType, false),
              optional(DOMAIN, DataTypes.StringType),
              optional(DEVICE, DataTypes.StringType),
              optional(ITEM, DataTypes.StringType),
              optional(PROMPT, DataTypes.StringType),
              optional(RESPONSES, DataTypes.createArrayType(DataTypes.StringType, false)),
              optional(PROBLEM, DataTypes.StringType),
              optional(KIND, DataTypes.StringType),
              optional(RECORD, DataTypes.StringType)));

  private RecordSchema() {}

  /** A usable record of no file. */
  public static Row made(String domain, String item, String prompt, List<String> responses) {
    return RowFactory.create(
        "",
        0L,
        0L,
        0,
        domain,
        null,
        item,
        prompt,
        responses.toArray(new String[0]),
        null,
        null,
        null);
  }

  private static StructField optional(String name, DataType type) {
    return DataTypes.createStructField(name, type, true);
  }
}
