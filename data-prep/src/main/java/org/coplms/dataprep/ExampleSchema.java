package org.coplms.dataprep;

import java.util.List;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** The one schema of prepared examples. */
public final class ExampleSchema {
  /** Unique over all domains: {@code <domain>/<item>}. */
  public static final String ID = "id";

  public static final String DOMAIN = "domain";
  public static final String PROMPT = "prompt";

  /** The references, at least one; none starts or ends with white space. */
  public static final String RESPONSES = "responses";

  /** One of {@link Splits}. */
  public static final String SPLIT = "split";

  /** The edge device, or {@link #SERVER_ID}. */
  public static final String DEVICE = "device";

  /** The value of {@link #DEVICE} for rows that live on the server. */
  public static final int SERVER_ID = -1;

  /** {@code id, domain, prompt, responses, split, device}. */
  public static final StructType EXAMPLES =
      DataTypes.createStructType(
          List.of(
              required(ID, DataTypes.StringType),
              required(DOMAIN, DataTypes.StringType),
              required(PROMPT, DataTypes.StringType),
              required(RESPONSES, DataTypes.createArrayType(DataTypes.StringType, false)),
              required(SPLIT, DataTypes.StringType),
              required(DEVICE, DataTypes.IntegerType)));

  private ExampleSchema() {}

  private static StructField required(String name, DataType type) {
    return DataTypes.createStructField(name, type, false);
  }
}
