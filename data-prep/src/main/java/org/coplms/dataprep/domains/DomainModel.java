package org.coplms.dataprep.domains;

import java.util.Arrays;
import java.util.List;
import org.apache.spark.ml.Model;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Names the domain of each text, row by row. A text without a known term, an empty or missing one
 * too, is in the domain {@link #OTHER}, which no domain that was found is named.
 */
public final class DomainModel extends Model<DomainModel> implements DefaultParamsWritable {
  /** Of texts without a known term. */
  public static final String OTHER = "other";

  private static final long serialVersionUID = 1L;

  private final String uid;
  private final Param<String> inputCol;
  private final Param<String> outputCol;

  /** Not sent to executors. */
  private transient DomainSearch.Found found;

  /** For loading: the parameters and what was fitted are set afterwards. */
  public DomainModel(String uid) {
    this.uid = uid;
    inputCol = new Param<>(this, "inputCol", "column with the texts, of type string");
    outputCol = new Param<>(this, "outputCol", "new column with the domains' names");
  }

  DomainModel(String uid, DomainSearch.Found found) {
    this(uid);
    this.found = found;
  }

  @Override
  public String uid() {
    return uid;
  }

  /** Column with the texts. */
  public Param<String> inputCol() {
    return inputCol;
  }

  public DomainModel setInputCol(String value) {
    set(inputCol, value);
    return this;
  }

  /** New column with the domains' names. */
  public Param<String> outputCol() {
    return outputCol;
  }

  public DomainModel setOutputCol(String value) {
    set(outputCol, value);
    return this;
  }

  /** The domains and the scores that chose their number. */
  public DomainSummary summary() {
    return found.summary();
  }

  /** The domains' names; {@link #OTHER} is not among them. */
  public List<String> names() {
    return summary().domains().stream().map(Domain::name).toList();
  }

  /** Spark's own stages, from folded text to cluster. */
  PipelineModel pipeline() {
    return found.pipeline();
  }

  /**
   * The columns with the domain at their end.
   *
   * @throws IllegalArgumentException when the input column is missing or no string, or the output
   *     column exists
   */
  @Override
  public StructType transformSchema(StructType schema) {
    return schema(schema, getOrDefault(inputCol), getOrDefault(outputCol));
  }

  static StructType schema(StructType schema, String input, String output) {
    List<String> columns = Arrays.asList(schema.fieldNames());
    if (!columns.contains(input)) {
      throw new IllegalArgumentException(
          "There is no column '%s' (inputCol); the columns are %s".formatted(input, columns));
    }
    if (!schema.apply(input).dataType().equals(DataTypes.StringType)) {
      throw new IllegalArgumentException(
          "Column '%s' (inputCol) must be string, got %s; cast it"
              .formatted(input, schema.apply(input).dataType().catalogString()));
    }
    if (columns.contains(output)) {
      throw new IllegalArgumentException(
          "There is a column '%s' already; choose another outputCol".formatted(output));
    }
    return schema.add(output, DataTypes.StringType, false);
  }

  /** The rows with their domains; a narrow step that is computed when Spark asks for it. */
  @Override
  public Dataset<Row> transform(Dataset<?> dataset) {
    transformSchema(dataset.schema());
    Dataset<Row> folded =
        dataset.toDF().withColumn(TextColumns.TEXT, TextColumns.folded(getOrDefault(inputCol)));
    return TextColumns.dropped(
        TextColumns.withCluster(pipeline().transform(folded))
            .withColumn(getOrDefault(outputCol), TextColumns.name(names(), OTHER)));
  }

  @Override
  public DomainModel copy(ParamMap extra) {
    DomainModel copy = new DomainModel(uid, found);
    copy.setParent(parent());
    return copyValues(copy, extra);
  }

  /** Writes the parameters, Spark's pipeline and, as Parquet, the summary. */
  @Override
  public MLWriter write() {
    return new DomainModelFiles.Writer(this, DefaultParamsWritable.super.write());
  }

  /** What {@code save} wrote. */
  public static DomainModel load(String path) {
    return read().load(path);
  }

  /** Reads what {@code save} wrote; Spark calls it for a stage of a pipeline. */
  public static MLReader<DomainModel> read() {
    return new DomainModelFiles.Reader(new DefaultParamsReader<>());
  }

  DomainModel withFound(DomainSearch.Found loaded) {
    found = loaded;
    return this;
  }
}
