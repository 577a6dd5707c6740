package org.coplms.dataprep.prepare;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sha2;
import static org.apache.spark.sql.functions.substring;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.when;

import org.apache.spark.sql.Column;
import org.apache.spark.sql.types.DataTypes;
import org.coplms.dataprep.PromptKey;
import org.coplms.dataprep.files.RecordSchema;

/** Columns of items between reading and sharing out, beside those of a record. */
final class ItemSchema {
  /** The normalised prompt, see {@link PromptKey}. */
  static final String KEY = "key";

  /** Names the item within all of the source: a digest of its key. */
  static final String DIGEST = "digest";

  /** Items of one group are ranked and cut together. */
  static final String GROUP = "group";

  private static final int DIGEST_DIGITS = 24;
  private static final String BETWEEN = "\u0001";

  private ItemSchema() {}

  /** The key of a prompt in a column. */
  static Column key(Column prompt) {
    return udf(new PromptKey(), DataTypes.StringType).apply(prompt);
  }

  static Column digest() {
    return substring(sha2(col(KEY), 256), 1, DIGEST_DIGITS);
  }

  /** The domain, with the owner before it where the data name one. */
  static Column group() {
    Column domain = col(RecordSchema.DOMAIN);
    return when(col(RecordSchema.DEVICE).isNull(), domain)
        .otherwise(concat(col(RecordSchema.DEVICE), lit(BETWEEN), domain));
  }

  /** The item's own id, or else one from domain and key. */
  static Column itemOrDigest() {
    Column made =
        substring(
            sha2(concat(col(RecordSchema.DOMAIN), lit("\n"), col(KEY)), 256), 1, DIGEST_DIGITS);
    return coalesce(col(RecordSchema.ITEM), made);
  }
}
