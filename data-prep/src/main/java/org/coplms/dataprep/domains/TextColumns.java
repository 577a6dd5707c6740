package org.coplms.dataprep.domains;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.udf;

import java.text.Normalizer;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.api.java.UDF2;
import org.apache.spark.sql.types.DataTypes;

/** The columns between a text and its domain. */
final class TextColumns {
  static final String TEXT = "domains__text";
  static final String TOKENS = "domains__tokens";
  static final String WORDS = "domains__words";
  static final String COUNTS = "domains__counts";
  static final String WEIGHTS = "domains__weights";
  static final String FEATURES = "domains__features";
  static final String TOPICS = "domains__topics";
  static final String CLUSTER = "domains__cluster";

  private static final String[] ALL = {
    TEXT, TOKENS, WORDS, COUNTS, WEIGHTS, FEATURES, TOPICS, CLUSTER
  };

  private TextColumns() {}

  /** The text in compatibility form (NFKC) and lower case, whatever the machine's language. */
  static Column folded(String inputCol) {
    return udf(new FoldFn(), DataTypes.StringType).apply(named(inputCol));
  }

  /** The column of this very name, dots and all. */
  static Column named(String name) {
    return col("`" + name.replace("`", "``") + "`");
  }

  /** Adds the number of the cluster where only its topics are there. */
  static Dataset<Row> withCluster(Dataset<Row> rows) {
    return Arrays.asList(rows.columns()).contains(TOPICS)
        ? rows.withColumn(CLUSTER, udf(new LargestFn(), DataTypes.IntegerType).apply(col(TOPICS)))
        : rows;
  }

  /** The cluster's name, or that of texts without a known term. */
  static Column name(List<String> names, String other) {
    return udf(new NameFn(names.toArray(String[]::new), other), DataTypes.StringType)
        .asNonNullable()
        .apply(col(FEATURES), col(CLUSTER));
  }

  static Column hasTerms() {
    return udf(new HasTermsFn(), DataTypes.BooleanType).apply(col(FEATURES));
  }

  static Dataset<Row> dropped(Dataset<Row> rows) {
    return rows.drop(ALL);
  }

  private static final class FoldFn implements UDF1<String, String> {
    private static final long serialVersionUID = 1L;

    @Override
    public String call(String text) {
      return text == null
          ? ""
          : Normalizer.normalize(text, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
    }
  }

  private static final class LargestFn implements UDF1<Vector, Integer> {
    private static final long serialVersionUID = 1L;

    @Override
    public Integer call(Vector topics) {
      return topics.argmax();
    }
  }

  private static final class HasTermsFn implements UDF1<Vector, Boolean> {
    private static final long serialVersionUID = 1L;

    @Override
    public Boolean call(Vector features) {
      return features.numNonzeros() > 0;
    }
  }

  private static final class NameFn implements UDF2<Vector, Integer, String> {
    private static final long serialVersionUID = 1L;

    private final String[] names;
    private final String other;

    NameFn(String[] names, String other) {
      this.names = names;
      this.other = other;
    }

    @Override
    public String call(Vector features, Integer cluster) {
      return features.numNonzeros() == 0 ? other : names[cluster];
    }
  }
}
