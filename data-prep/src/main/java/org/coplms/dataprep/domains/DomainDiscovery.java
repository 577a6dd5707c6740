package org.coplms.dataprep.domains;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.xxhash64;

import org.apache.spark.ml.Estimator;
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
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;
import org.coplms.dataprep.PreparationException;

/**
 * Finds the domains of texts and how many there are.
 *
 * <p>It is fitted on a sample: the texts whose hash of (seed, text) is smallest, in that order and
 * in one partition, so that neither the sample nor the order of a floating-point sum depends on the
 * cluster. Words are runs of letters: texts of a script without spaces need them put in first.
 */
public final class DomainDiscovery extends Estimator<DomainModel> implements DefaultParamsWritable {
  private static final long serialVersionUID = 1L;
  private static final String HASH = "domains__hash";

  private final String uid;
  private final Param<String> inputCol;
  private final Param<String> outputCol;
  private final Param<String> method;
  private final IntParam minDomains;
  private final IntParam maxDomains;
  private final IntParam sampleSize;
  private final Param<String> stopWords;
  private final IntParam vocabularySize;
  private final IntParam minDocumentFrequency;
  private final IntParam topTerms;
  private final LongParam seed;

  public DomainDiscovery() {
    this(Identifiable.randomUID("DomainDiscovery"));
  }

  /** For loading: the parameters are set afterwards. */
  public DomainDiscovery(String uid) {
    this.uid = uid;
    inputCol = new Param<>(this, "inputCol", "column with the texts, of type string");
    outputCol = new Param<>(this, "outputCol", "new column with the domains' names");
    method = new Param<>(this, "method", "kmeans or lda");
    minDomains = new IntParam(this, "minDomains", "least domains", ParamValidators.gt(1));
    maxDomains = new IntParam(this, "maxDomains", "most domains", ParamValidators.gt(1));
    sampleSize = new IntParam(this, "sampleSize", "texts to fit on", ParamValidators.gt(1));
    stopWords =
        new Param<>(this, "stopWords", "language whose stop words are left out, such as english");
    vocabularySize = new IntParam(this, "vocabularySize", "most terms", ParamValidators.gt(0));
    minDocumentFrequency =
        new IntParam(
            this, "minDocumentFrequency", "least texts that a term is in", ParamValidators.gt(0));
    topTerms = new IntParam(this, "topTerms", "terms in a name", ParamValidators.gt(0));
    seed = new LongParam(this, "seed", "of the sample and of the method's draws");
    setDefault(inputCol, "prompt");
    setDefault(outputCol, "domain");
    setDefault(method, Method.KMEANS.toString());
    setDefault(minDomains, 2);
    setDefault(maxDomains, 10);
    setDefault(sampleSize, 20_000);
    setDefault(stopWords, "english");
    setDefault(vocabularySize, 4_096);
    setDefault(minDocumentFrequency, 2);
    setDefault(topTerms, 3);
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

  public DomainDiscovery setInputCol(String value) {
    set(inputCol, value);
    return this;
  }

  /** New column with the domains' names; default {@code domain}. */
  public Param<String> outputCol() {
    return outputCol;
  }

  public DomainDiscovery setOutputCol(String value) {
    set(outputCol, value);
    return this;
  }

  /** {@code kmeans} on tf-idf or {@code lda} on counts; default {@code kmeans}. */
  public Param<String> method() {
    return method;
  }

  public DomainDiscovery setMethod(String value) {
    set(method, value);
    return this;
  }

  /** Least domains, from 2; default 2. */
  public IntParam minDomains() {
    return minDomains;
  }

  public DomainDiscovery setMinDomains(int value) {
    set(minDomains, value);
    return this;
  }

  /** Most domains; default 10. */
  public IntParam maxDomains() {
    return maxDomains;
  }

  public DomainDiscovery setMaxDomains(int value) {
    set(maxDomains, value);
    return this;
  }

  /** Texts to fit on, in one task's memory; default 20,000. */
  public IntParam sampleSize() {
    return sampleSize;
  }

  public DomainDiscovery setSampleSize(int value) {
    set(sampleSize, value);
    return this;
  }

  /** Language whose stop words are left out, or {@code none}; default {@code english}. */
  public Param<String> stopWords() {
    return stopWords;
  }

  public DomainDiscovery setStopWords(String value) {
    set(stopWords, value);
    return this;
  }

  /** Most terms, the most frequent ones; default 4,096. */
  public IntParam vocabularySize() {
    return vocabularySize;
  }

  public DomainDiscovery setVocabularySize(int value) {
    set(vocabularySize, value);
    return this;
  }

  /** Least texts of the sample that a term is in; default 2. */
  public IntParam minDocumentFrequency() {
    return minDocumentFrequency;
  }

  public DomainDiscovery setMinDocumentFrequency(int value) {
    set(minDocumentFrequency, value);
    return this;
  }

  /** Terms in a domain's name; default 3. */
  public IntParam topTerms() {
    return topTerms;
  }

  public DomainDiscovery setTopTerms(int value) {
    set(topTerms, value);
    return this;
  }

  /** Of the sample and of the method's draws; default 0. */
  public LongParam seed() {
    return seed;
  }

  public DomainDiscovery setSeed(long value) {
    set(seed, value);
    return this;
  }

  /**
   * Fits every number of domains on the sample and keeps the best.
   *
   * @throws IllegalArgumentException as {@link #transformSchema}
   * @throws PreparationException when there is no text, no term that enough texts share, or fewer
   *     different texts than domains
   */
  @Override
  public DomainModel fit(Dataset<?> dataset) {
    transformSchema(dataset.schema());
    Dataset<Row> texts = sample(dataset.toDF()).persist(StorageLevel.MEMORY_AND_DISK());
    try {
      if (texts.isEmpty()) {
        throw new PreparationException(
            "Column '%s' holds no text with a letter in it; name another column"
                .formatted(getOrDefault(inputCol)));
      }
      DomainSearch.Found found = search().search(texts, vectors());
      return copyValues(new DomainModel(uid, found).setParent(this), ParamMap.empty());
    } finally {
      texts.unpersist();
    }
  }

  private Dataset<Row> sample(Dataset<Row> rows) {
    String input = getOrDefault(inputCol);
    return rows.filter(TextColumns.named(input).rlike("\\p{L}"))
        .select(TextColumns.folded(input).as(TextColumns.TEXT))
        .withColumn(HASH, xxhash64(lit(getOrDefault(seed)), col(TextColumns.TEXT)))
        .sort(HASH, TextColumns.TEXT)
        .limit((int) getOrDefault(sampleSize))
        .select(TextColumns.TEXT)
        .coalesce(1);
  }

  private DomainSearch search() {
    return new DomainSearch(
        Method.named(getOrDefault(method)),
        (int) getOrDefault(minDomains),
        (int) getOrDefault(maxDomains),
        (int) getOrDefault(topTerms),
        (long) getOrDefault(seed));
  }

  private TextVectors vectors() {
    return new TextVectors(
        getOrDefault(stopWords),
        (int) getOrDefault(vocabularySize),
        (int) getOrDefault(minDocumentFrequency));
  }

  /**
   * The columns with the domain at their end.
   *
   * @throws IllegalArgumentException when the input column is missing or no string, the output
   *     column exists, or the parameters do not make sense
   */
  @Override
  public StructType transformSchema(StructType schema) {
    search();
    vectors();
    return DomainModel.schema(schema, getOrDefault(inputCol), getOrDefault(outputCol));
  }

  @Override
  public DomainDiscovery copy(ParamMap extra) {
    return defaultCopy(extra);
  }

  /** What {@code save} wrote. */
  public static DomainDiscovery load(String path) {
    return read().load(path);
  }

  /** Reads what {@code save} wrote; Spark calls it for a stage of a pipeline. */
  public static MLReader<DomainDiscovery> read() {
    return new DefaultParamsReader<>();
  }
}
