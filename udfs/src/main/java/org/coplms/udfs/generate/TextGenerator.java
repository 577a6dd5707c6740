package org.coplms.udfs.generate;

import java.util.List;
import org.apache.spark.SparkContext;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.param.ParamValidators;
import org.apache.spark.ml.param.StringArrayParam;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.Identifiable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;
import org.coplms.proxy.lm.Decoding;
import org.coplms.proxy.tensor.Precision;
import org.coplms.proxy.tokenizer.PromptFormat;
import org.coplms.udfs.answer.AnsweringModel;
import org.coplms.udfs.memory.Machines;
import org.coplms.udfs.model.DeviceChoice;
import org.coplms.udfs.model.TaskSpec;

/**
 * Writes a model's response to each prompt of a column. Its setters are named as those of DJL's
 * Spark extension, and can be chained.
 *
 * <p>The draws for a prompt depend on {@code seed} and on the prompt's text alone: results do not
 * depend on the partitioning, equal prompts get equal responses, and another seed gives others.
 * (Which prompts share a batch may change the last bits of a score; batch size 1 rules that out.) A
 * task computes with {@code spark.task.cpus} threads.
 */
public final class TextGenerator extends Transformer implements DefaultParamsWritable {
  private static final long serialVersionUID = 1L;
  private static final String REMEDY =
      "lower batchSize or maxNewTokens, set dtype = bfloat16, or run fewer tasks at once (--master local[1], spark.executor.cores)";

  private final String uid;
  private final Param<String> inputCol;
  private final Param<String> outputCol;
  private final Param<String> modelUrl;
  private final Param<String> promptFormat;
  private final Param<String> device;
  private final Param<String> dtype;
  private final IntParam batchSize;
  private final IntParam maxNewTokens;
  private final IntParam topK;
  private final DoubleParam temperature;
  private final DoubleParam topP;
  private final DoubleParam repetitionPenalty;
  private final StringArrayParam stop;
  private final LongParam seed;

  public TextGenerator() {
    this(Identifiable.randomUID("TextGenerator"));
  }

  /** For loading: the parameters are set afterwards. */
  public TextGenerator(String uid) {
    this.uid = uid;
    inputCol = new Param<>(this, "inputCol", "column with the prompts, of type string");
    outputCol = new Param<>(this, "outputCol", "new column with the responses");
    modelUrl =
        new Param<>(
            this,
            "modelUrl",
            "checkpoint folder in Hugging Face's layout, on any file system that Hadoop knows");
    promptFormat =
        new Param<>(
            this, "promptFormat", "auto, chat, lines, plain or a template with {prompt} in it");
    device = new Param<>(this, "device", "auto (the task's GPU, else the CPU), cpu, gpu or gpu:N");
    dtype = new Param<>(this, "dtype", "of the weights in memory, float32 or bfloat16");
    batchSize = new IntParam(this, "batchSize", "prompts at once", ParamValidators.gt(0));
    maxNewTokens =
        new IntParam(this, "maxNewTokens", "most tokens of a response", ParamValidators.gt(0));
    topK = new IntParam(this, "topK", "most probable tokens to draw from; 0 for all");
    temperature = new DoubleParam(this, "temperature", "0 takes the most probable token");
    topP = new DoubleParam(this, "topP", "probability of the tokens to draw from, in (0, 1]");
    repetitionPenalty =
        new DoubleParam(this, "repetitionPenalty", "over 1 avoids tokens that were there already");
    stop = new StringArrayParam(this, "stop", "texts before which a response ends");
    seed = new LongParam(this, "seed", "of the draws");
    setDefaults();
  }

  private void setDefaults() {
    setDefault(inputCol, "prompt");
    setDefault(outputCol, "response");
    setDefault(promptFormat, PromptFormats.AUTO);
    setDefault(device, "auto");
    setDefault(dtype, Precision.FLOAT32.hfName());
    setDefault(batchSize, 32);
    setDefault(maxNewTokens, 64);
    setDefault(topK, 0);
    setDefault(temperature, 0.0);
    setDefault(topP, 1.0);
    setDefault(repetitionPenalty, 1.0);
    setDefault(stop, new String[0]);
    setDefault(seed, 0L);
  }

  @Override
  public String uid() {
    return uid;
  }

  /** Column with the prompts; default {@code prompt}. */
  public Param<String> inputCol() {
    return inputCol;
  }

  public TextGenerator setInputCol(String value) {
    set(inputCol, value);
    return this;
  }

  /** New column with the responses; default {@code response}. */
  public Param<String> outputCol() {
    return outputCol;
  }

  public TextGenerator setOutputCol(String value) {
    set(outputCol, value);
    return this;
  }

  /** Checkpoint folder; no default. */
  public Param<String> modelUrl() {
    return modelUrl;
  }

  public TextGenerator setModelUrl(String value) {
    set(modelUrl, value);
    return this;
  }

  /** How a prompt is written for the model; see {@link PromptFormats}. Default {@code auto}. */
  public Param<String> promptFormat() {
    return promptFormat;
  }

  public TextGenerator setPromptFormat(String value) {
    set(promptFormat, value);
    return this;
  }

  /** Hardware; see {@link DeviceChoice}. Default {@code auto}. */
  public Param<String> device() {
    return device;
  }

  public TextGenerator setDevice(String value) {
    set(device, value);
    return this;
  }

  /** Of the weights in memory; see {@link Precision}. Default {@code float32}. */
  public Param<String> dtype() {
    return dtype;
  }

  public TextGenerator setDtype(String value) {
    set(dtype, value);
    return this;
  }

  /** Prompts at once; default 32. */
  public IntParam batchSize() {
    return batchSize;
  }

  public TextGenerator setBatchSize(int value) {
    set(batchSize, value);
    return this;
  }

  /** Most tokens of a response; default 64. */
  public IntParam maxNewTokens() {
    return maxNewTokens;
  }

  public TextGenerator setMaxNewTokens(int value) {
    set(maxNewTokens, value);
    return this;
  }

  /** See {@link Decoding}; default 0, all. */
  public IntParam topK() {
    return topK;
  }

  public TextGenerator setTopK(int value) {
    set(topK, value);
    return this;
  }

  /** See {@link Decoding}; default 0, greedy. */
  public DoubleParam temperature() {
    return temperature;
  }

  public TextGenerator setTemperature(double value) {
    set(temperature, value);
    return this;
  }

  /** See {@link Decoding}; default 1, all. */
  public DoubleParam topP() {
    return topP;
  }

  public TextGenerator setTopP(double value) {
    set(topP, value);
    return this;
  }

  /** See {@link Decoding}; default 1, none. */
  public DoubleParam repetitionPenalty() {
    return repetitionPenalty;
  }

  public TextGenerator setRepetitionPenalty(double value) {
    set(repetitionPenalty, value);
    return this;
  }

  /** Texts before which a response ends; default none. */
  public StringArrayParam stop() {
    return stop;
  }

  public TextGenerator setStop(String... values) {
    set(stop, values.clone());
    return this;
  }

  /** Of the draws; default 0. */
  public LongParam seed() {
    return seed;
  }

  public TextGenerator setSeed(long value) {
    set(seed, value);
    return this;
  }

  /**
   * The columns with the responses at their end.
   *
   * @throws IllegalArgumentException when the input column is missing or no string, the output
   *     column exists, or the parameters do not make sense
   */
  @Override
  public StructType transformSchema(StructType schema) {
    decoding();
    format();
    hardware();
    precision();
    if (!isDefined(modelUrl)) {
      throw new IllegalArgumentException(
          "modelUrl is not set; name a checkpoint folder with setModelUrl");
    }
    return GeneratedColumn.schema(schema, getOrDefault(inputCol), getOrDefault(outputCol));
  }

  /**
   * The rows with their responses; computed when Spark asks for them.
   *
   * @throws IllegalArgumentException as {@link #transformSchema}, and when there is no model, or no
   *     memory for it
   */
  @Override
  public Dataset<Row> transform(Dataset<?> dataset) {
    transformSchema(dataset.schema());
    SparkContext spark = dataset.sparkSession().sparkContext();
    GenerateSpec spec = spec(spark);
    GenerationNeed.require(spec, Machines.of(spark, hardware()), REMEDY);
    return GeneratedColumn.of(
        dataset.toDF(), getOrDefault(inputCol), getOrDefault(outputCol), spec);
  }

  private GenerateSpec spec(SparkContext spark) {
    SerializableConfiguration files = new SerializableConfiguration(spark.hadoopConfiguration());
    int threads = spark.conf().getInt("spark.task.cpus", 1);
    return new GenerateSpec(
        new AnsweringModel.Untuned(
            FolderState.location(getOrDefault(modelUrl), precision(), files.value())),
        GenerateSpec.SERVER,
        format(),
        decoding(),
        (int) getOrDefault(batchSize),
        (long) getOrDefault(seed),
        new TaskSpec(files, hardware(), threads, spark.longAccumulator(uid)));
  }

  private Decoding decoding() {
    return new Decoding(
        (double) getOrDefault(temperature),
        (int) getOrDefault(topK),
        (double) getOrDefault(topP),
        (double) getOrDefault(repetitionPenalty),
        List.of(getOrDefault(stop)),
        (int) getOrDefault(maxNewTokens));
  }

  private PromptFormat format() {
    return PromptFormats.named(getOrDefault(promptFormat));
  }

  private DeviceChoice hardware() {
    return DeviceChoice.parse(getOrDefault(device));
  }

  private Precision precision() {
    return Precision.parse(getOrDefault(dtype));
  }

  @Override
  public TextGenerator copy(ParamMap extra) {
    return defaultCopy(extra);
  }

  /** What {@code save} wrote. */
  public static TextGenerator load(String path) {
    return read().load(path);
  }

  /** Reads what {@code save} wrote; Spark calls it for a stage of a pipeline. */
  public static MLReader<TextGenerator> read() {
    return new DefaultParamsReader<>();
  }
}
