package org.coplms.jobs.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.LongAccumulator;
import org.apache.spark.util.SerializableConfiguration;
import org.coplms.jobs.config.ConfigLayers;
import org.coplms.jobs.config.Settings;
import org.coplms.jobs.generate.ChosenModel;
import org.coplms.jobs.generate.GenerateJob;
import org.coplms.jobs.progress.Progress;
import org.coplms.proxy.tensor.Precision;
import org.coplms.udfs.generate.GenerateSpec;
import org.coplms.udfs.generate.GenerationNeed;
import org.coplms.udfs.generate.PromptFormats;
import org.coplms.udfs.generate.TextModel;
import org.coplms.udfs.memory.Machines;
import org.coplms.udfs.model.DeviceChoice;
import org.coplms.udfs.model.TaskSpec;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Answers prompts: on the terminal as the tokens come, or a table of them as a Spark job. */
@Command(
    mixinStandardHelpOptions = true,
    versionProvider = Versions.class,
    sortOptions = false,
    usageHelpAutoWidth = true)
final class GenerateCommand implements Callable<Integer>, WithErrorOptions {
  private static final String STANDARD_INPUT = "-";

  @Spec private CommandSpec command;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR",
      description =
          "A checkpoint folder in Hugging Face's layout, or a run folder; on any file system that Hadoop knows.")
  private String model;

  @Option(
      names = "--device",
      paramLabel = "N",
      description = "Of a run folder: the tuned SLM of this edge device.")
  private Integer device;

  @Option(
      names = "--model-name",
      paramLabel = "NAME",
      description = "Of a run folder: llm, dpm or slm (with --device).")
  private String modelName;

  @Option(
      names = "--prompt",
      paramLabel = "TEXT",
      description = "Repeatable. A single - reads a prompt from each line of standard input.")
  private List<String> prompts = new ArrayList<>();

  @Option(
      names = "--input",
      paramLabel = "PATH",
      description =
          "Instead of --prompt: a table, Parquet or JSON lines (*.json, *.jsonl); a Spark job answers it.")
  private String input;

  @Option(
      names = "--output",
      paramLabel = "PATH",
      description = "With --input: a new folder, Parquet or JSON lines (*.json, *.jsonl).")
  private String output;

  @Option(
      names = "--prompt-column",
      paramLabel = "NAME",
      description = "Of the input. Default: ${DEFAULT-VALUE}.")
  private String promptColumn = "prompt";

  @Option(
      names = "--response-column",
      paramLabel = "NAME",
      description = "Of the output. Default: ${DEFAULT-VALUE}.")
  private String responseColumn = "response";

  @Option(
      names = "--partitions",
      paramLabel = "N",
      description =
          "Parts of the table that are answered side by side. Default: as Spark reads them, in the input's order.")
  private int partitions;

  @Mixin private DecodingOptions decoding = new DecodingOptions();

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description =
          "How a prompt is written for the model: chat (its chat template), lines, plain (the response continues the prompt), or a template with {prompt} in it. Default: the run's; for a checkpoint auto, chat where it has a template and lines otherwise.")
  private String format;

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      description = "Prompts answered at once. Default: ${DEFAULT-VALUE}.")
  private int batchSize = 32;

  @Option(
      names = "--hardware",
      paramLabel = "NAME",
      description =
          "cpu, gpu or gpu:N. Default: auto, the GPU that Spark gives to a task, else the CPU.")
  private String hardware = "auto";

  @Option(
      names = "--dtype",
      paramLabel = "NAME",
      description =
          "Of a checkpoint's weights in memory: float32 or bfloat16. Default: ${DEFAULT-VALUE}.")
  private String dtype = Precision.FLOAT32.hfName();

  @Option(
      names = "--threads",
      paramLabel = "N",
      description =
          "Threads of the computation. Default: all cores; with --input 1 for each task (spark.task.cpus).")
  private Integer threads;

  @Option(
      names = "--master",
      paramLabel = "URL",
      description = "Spark master for --input. Default: spark-submit's, otherwise local[*].")
  private String master;

  @Mixin private StacktraceOption errors = new StacktraceOption();

  @Override
  public boolean stacktrace() {
    return errors.isSet();
  }

  @Override
  public Integer call() {
    if (prompts.isEmpty() == (input == null)) {
      throw new IllegalArgumentException("give either --prompt TEXT or --input PATH");
    }
    if ((input == null) != (output == null)) {
      throw new IllegalArgumentException("--input and --output belong together");
    }
    SparkConf conf = new SparkConf();
    Configuration files = RunCommand.hadoop(conf);
    ChosenModel chosen =
        ChosenModel.of(
            model,
            Precision.parse(dtype),
            device == null ? OptionalInt.empty() : OptionalInt.of(device),
            Optional.ofNullable(modelName),
            files);
    if (input == null) {
      answerPrompts(chosen, files);
    } else {
      answerTable(chosen, conf, files);
    }
    return 0;
  }

  private void answerPrompts(ChosenModel chosen, Configuration files) {
    int cores = threads == null ? Runtime.getRuntime().availableProcessors() : threads;
    TaskSpec task =
        new TaskSpec(
            new SerializableConfiguration(files),
            DeviceChoice.parse(hardware),
            cores,
            new LongAccumulator());
    GenerateSpec spec = spec(chosen, task);
    GenerationNeed.require(
        spec,
        Machines.here(task.device()),
        "lower --batch-size or --max-new-tokens, or give --dtype bfloat16 with a checkpoint");
    try (TextModel opened = TextModel.open(spec)) {
      if (prompts.equals(List.of(STANDARD_INPUT))) {
        answerLines(opened);
      } else {
        print(opened, prompts, prompts.size() > 1);
      }
    }
  }

  /** Answers what has come, so that a person who types is not kept waiting. */
  private void answerLines(TextModel opened) {
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    List<String> batch = new ArrayList<>();
    try {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        batch.add(line);
        if (batch.size() == batchSize || !lines.ready()) {
          print(opened, batch, false);
          batch.clear();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read prompts from standard input", e);
    }
    print(opened, batch, false);
  }

  private void print(TextModel opened, List<String> batch, boolean headed) {
    if (!batch.isEmpty()) {
      PrintWriter out = command.commandLine().getOut();
      opened.answer(batch, new ResponsePrinter(out, batch, headed));
    }
  }

  private void answerTable(ChosenModel chosen, SparkConf conf, Configuration files) {
    GenerateJob job = new GenerateJob(input, output, promptColumn, responseColumn, partitions);
    job.check(files);
    Settings defaults = ConfigLayers.ofDefaults(Map.of()).bind(Settings.class);
    SparkSessions.configure(conf, defaults.spark(), Optional.ofNullable(master));
    try (SparkSession spark = SparkSession.builder().config(conf).getOrCreate()) {
      LongAccumulator steps = spark.sparkContext().longAccumulator("responses");
      int cores = threads == null ? conf.getInt("spark.task.cpus", 1) : threads;
      TaskSpec task =
          new TaskSpec(
              new SerializableConfiguration(files), DeviceChoice.parse(hardware), cores, steps);
      GenerateSpec spec = spec(chosen, task);
      GenerationNeed.require(
          spec,
          Machines.of(spark.sparkContext(), task.device()),
          "lower --batch-size or --max-new-tokens, give --dtype bfloat16 with a checkpoint, or run fewer tasks at once (--master local[1], spark.executor.cores)");
      long rows = job.run(spark, spec, steps, Progress.console());
      PrintWriter out = command.commandLine().getOut();
      out.printf("%d responses of %s: %s%n", rows, chosen.name(), output);
      out.flush();
    }
  }

  private GenerateSpec spec(ChosenModel chosen, TaskSpec task) {
    return new GenerateSpec(
        chosen.model(),
        device == null ? GenerateSpec.SERVER : device,
        format == null ? chosen.format() : PromptFormats.named(format),
        decoding.decoding(),
        batchSize,
        decoding.seed(),
        task);
  }
}
