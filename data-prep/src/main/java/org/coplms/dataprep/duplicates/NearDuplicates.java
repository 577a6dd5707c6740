package org.coplms.dataprep.duplicates;

import static org.apache.spark.sql.functions.col;

import java.util.Arrays;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.param.ParamValidators;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.Identifiable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Marks near duplicates: texts whose sets of {@link Shingles} have at least the Jaccard similarity
 * {@code threshold}, |A∩B| / |A∪B|.
 *
 * <p>Candidates come from the hash functions of MLlib's MinHash LSH: two texts are candidates when
 * all {@code rowsPerBand} values of at least one of {@code numBands} bands are equal, which at
 * similarity s has probability 1 − (1 − s^rowsPerBand)^numBands, and their {@link Sketches} are
 * alike, which in a pair at the threshold they are with probability 0.999. Unless set, bands follow
 * from the threshold, so that both together have at least 0.98 there; 10 bands of 5 at the
 * threshold of 0.8. Similarity then decides exactly:
 *
 * <ul>
 *   <li>A row that is marked is similar to the row that it names, which is before it in the order
 *       of a hash of ids and may be marked itself.
 *   <li>Of two candidates that are not marked, none is similar to the other.
 * </ul>
 *
 * <p>A chain of rows, each similar to the next, may keep fewer rows than could stay: a row is
 * marked also where the row that it resembles is marked because of a third.
 *
 * <p>The marks depend on texts, ids and {@code seed} alone. The input is read three times each time
 * that the result is asked for: persist what is costly. Rows do not keep their order.
 */
public final class NearDuplicates extends Transformer implements DefaultParamsWritable {
  private static final long serialVersionUID = 1L;

  private final String uid;
  private final Param<String> inputCol;
  private final Param<String> idCol;
  private final Param<String> outputCol;
  private final DoubleParam threshold;
  private final IntParam shingleLength;
  private final IntParam numBands;
  private final IntParam rowsPerBand;
  private final LongParam seed;

  public NearDuplicates() {
    this(Identifiable.randomUID("NearDuplicates"));
  }

  /** For loading: the parameters are set afterwards. */
  public NearDuplicates(String uid) {
    this.uid = uid;
    inputCol = new Param<>(this, "inputCol", "column with the texts, of type string");
    idCol = new Param<>(this, "idCol", "column with a string that no two rows share");
    outputCol =
        new Param<>(this, "outputCol", "new column with the id of a near duplicate, null if kept");
    threshold =
        new DoubleParam(
            this,
            "threshold",
            "least Jaccard similarity of near duplicates, in [0.1, 1]",
            ParamValidators.inRange(0.1, 1));
    shingleLength =
        new IntParam(this, "shingleLength", "characters of a shingle", ParamValidators.gt(0));
    numBands =
        new IntParam(this, "numBands", "bands of which one must be equal", ParamValidators.gt(0));
    rowsPerBand =
        new IntParam(
            this,
            "rowsPerBand",
            "hash values of a band, which must all be equal",
            ParamValidators.gt(0));
    seed = new LongParam(this, "seed", "of the hash functions and of the order of rows");
    setDefault(inputCol, "prompt");
    setDefault(idCol, "id");
    setDefault(outputCol, "duplicateOf");
    setDefault(threshold, 0.8);
    setDefault(shingleLength, 5);
    setDefault(seed, 0L);
  }

  @Override
  public String uid() {
    return uid;
  }

  /** Column with the texts; default {@code prompt}. */
  public Param<String> inputCol() {
    return inputCol;
  }

  public NearDuplicates setInputCol(String value) {
    set(inputCol, value);
    return this;
  }

  /** Column with a string that no two rows share; default {@code id}. */
  public Param<String> idCol() {
    return idCol;
  }

  public NearDuplicates setIdCol(String value) {
    set(idCol, value);
    return this;
  }

  /**
   * New column with the id of a row of which this one is a near duplicate, null for a row that is
   * kept; default {@code duplicateOf}.
   */
  public Param<String> outputCol() {
    return outputCol;
  }

  public NearDuplicates setOutputCol(String value) {
    set(outputCol, value);
    return this;
  }

  /** Least Jaccard similarity of near duplicates; default 0.8. */
  public DoubleParam threshold() {
    return threshold;
  }

  public NearDuplicates setThreshold(double value) {
    set(threshold, value);
    return this;
  }

  /** Characters of a shingle; default 5. */
  public IntParam shingleLength() {
    return shingleLength;
  }

  public NearDuplicates setShingleLength(int value) {
    set(shingleLength, value);
    return this;
  }

  /** Bands of which one must be equal; set with {@link #rowsPerBand}, or follows the threshold. */
  public IntParam numBands() {
    return numBands;
  }

  public NearDuplicates setNumBands(int value) {
    set(numBands, value);
    return this;
  }

  /** Hash values of a band; set with {@link #numBands}, or follows the threshold. */
  public IntParam rowsPerBand() {
    return rowsPerBand;
  }

  public NearDuplicates setRowsPerBand(int value) {
    set(rowsPerBand, value);
    return this;
  }

  /** Of the hash functions and of the order of rows; default 0. */
  public LongParam seed() {
    return seed;
  }

  public NearDuplicates setSeed(long value) {
    set(seed, value);
    return this;
  }

  /**
   * The columns with the marks at their end.
   *
   * @throws IllegalArgumentException when a column is missing or holds no strings, the output
   *     column exists, or one of {@code numBands} and {@code rowsPerBand} is set alone
   */
  @Override
  public StructType transformSchema(StructType schema) {
    bands();
    columns(null).require(schema);
    String marks = getOrDefault(outputCol);
    if (Arrays.stream(schema.fieldNames()).anyMatch(marks::equalsIgnoreCase)) {
      throw new IllegalArgumentException(
          "The column '%s' exists; choose another name for the marks with setOutputCol"
              .formatted(marks));
    }
    return schema.add(marks, DataTypes.StringType, true);
  }

  /**
   * The rows with their marks; computed when Spark asks for them. Asking fails when a text or an id
   * is null or two rows share an id.
   *
   * @throws IllegalArgumentException as {@link #transformSchema}
   */
  @Override
  public Dataset<Row> transform(Dataset<?> dataset) {
    transformSchema(dataset.schema());
    Dataset<Row> table = dataset.toDF();
    Dataset<Row> links =
        Links.of(table, columns(null), spec(dataset.sparkSession(), false))
            .select(col(Links.ID), col(Links.OF).as(getOrDefault(outputCol)));
    return table
        .join(
            links,
            LinkedColumns.named(table, getOrDefault(idCol)).equalTo(links.col(Links.ID)),
            "left")
        .drop(links.col(Links.ID));
  }

  /**
   * The near duplicates between different sides, such as splits: one row ({@code id}, {@code side},
   * {@code of}, {@code ofSide}) for each row of the table that is similar to a candidate of a side
   * whose name sorts before its own, with the first such row. None exactly when no two candidates
   * of different sides are similar. Ids must differ within a side.
   *
   * @param sideCol column with the side's name, of type string
   * @throws IllegalArgumentException as {@link #transformSchema}
   */
  public Dataset<Row> across(Dataset<?> dataset, String sideCol) {
    LinkedColumns columns = columns(sideCol);
    columns.require(dataset.schema());
    return Links.of(dataset.toDF(), columns, spec(dataset.sparkSession(), true));
  }

  /**
   * Counts what {@link #across} finds.
   *
   * @param examples so many of the rows at most, the first by side and id
   * @throws IllegalArgumentException as {@link #transformSchema}
   */
  public Leaks leaks(Dataset<?> dataset, String sideCol, int examples) {
    return Leaks.of(across(dataset, sideCol), examples);
  }

  private LinkedColumns columns(String sideCol) {
    return new LinkedColumns(getOrDefault(idCol), getOrDefault(inputCol), sideCol);
  }

  private LinkSpec spec(SparkSession spark, boolean acrossSides) {
    Bands bands = bands();
    long drawn = (long) getOrDefault(seed);
    return new LinkSpec(
        new Shingles((int) getOrDefault(shingleLength)),
        new MinHashes(MinHashes.fit(spark, bands.hashes(), drawn)),
        bands,
        Sketches.of(bands.hashes(), (double) getOrDefault(threshold)),
        (double) getOrDefault(threshold),
        acrossSides,
        LinkSpec.MEMBERS_IN_MEMORY,
        drawn);
  }

  private Bands bands() {
    if (isSet(numBands) != isSet(rowsPerBand)) {
      throw new IllegalArgumentException(
          "Only one of numBands and rowsPerBand is set; set both, or none to follow the threshold");
    }
    return isSet(numBands)
        ? new Bands((int) getOrDefault(numBands), (int) getOrDefault(rowsPerBand))
        : Bands.of((double) getOrDefault(threshold));
  }

  @Override
  public NearDuplicates copy(ParamMap extra) {
    return defaultCopy(extra);
  }

  /** What {@code save} wrote. */
  public static NearDuplicates load(String path) {
    return read().load(path);
  }

  /** Reads what {@code save} wrote; Spark calls it for a stage of a pipeline. */
  public static MLReader<NearDuplicates> read() {
    return new DefaultParamsReader<>();
  }
}
