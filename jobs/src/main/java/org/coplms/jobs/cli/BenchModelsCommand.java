package org.coplms.jobs.cli;

import ai.djl.Device;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.util.LongAccumulator;
import org.apache.spark.util.SerializableConfiguration;
import org.coplms.jobs.bench.BenchPlan;
import org.coplms.jobs.bench.BenchSize;
import org.coplms.jobs.bench.BenchTable;
import org.coplms.jobs.bench.ModelBench;
import org.coplms.jobs.bench.Subject;
import org.coplms.jobs.progress.Progress;
import org.coplms.proxy.tensor.Precision;
import org.coplms.proxy.train.Compute;
import org.coplms.udfs.model.DeviceChoice;
import org.coplms.udfs.model.TaskSpec;
import org.coplms.udfs.store.HadoopFiles;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures how fast models of several sizes learn and write. */
@Command(
    description =
        "Tokens per second of LoRA training, full training and generation, and their share of what the machine's matrix product reaches in the same run.",
    mixinStandardHelpOptions = true,
    versionProvider = Versions.class,
    sortOptions = false,
    usageHelpAutoWidth = true)
final class BenchModelsCommand implements Callable<Integer>, WithErrorOptions {
  @Spec private CommandSpec command;

  @Option(
      names = "--sizes",
      split = ",",
      paramLabel = "NAME",
      description =
          "Llama models with random weights: tiny (0.1 M weights), small (1 M), medium (6 M), large (25 M). Default: all four, or none with --model.")
  private List<String> sizes = new ArrayList<>();

  @Option(
      names = "--model",
      paramLabel = "DIR",
      description = "A checkpoint folder in Hugging Face's layout. Repeatable.")
  private List<String> models = new ArrayList<>();

  @Option(
      names = "--dtype",
      split = ",",
      paramLabel = "NAME",
      description =
          "Of the weights that LoRA training and generation leave frozen: float32, bfloat16. Default: float32.")
  private List<String> precisions = new ArrayList<>(List.of(Precision.FLOAT32.hfName()));

  @Option(
      names = "--rows",
      paramLabel = "N",
      description = "Sequences at once. Default: ${DEFAULT-VALUE}.")
  private int rows = 16;

  @Option(
      names = "--tokens",
      paramLabel = "N",
      description = "Of a training sequence, and of a prompt. Default: ${DEFAULT-VALUE}.")
  private int tokens = 64;

  @Option(
      names = "--new-tokens",
      paramLabel = "N",
      description = "Of a response. Default: ${DEFAULT-VALUE}.")
  private int newTokens = 16;

  @Option(
      names = "--repetitions",
      paramLabel = "N",
      description = "At most, after a warm-up; medians are printed. Default: ${DEFAULT-VALUE}.")
  private int repetitions = 5;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      description =
          "For each model: after so many there are no more repetitions. Default: ${DEFAULT-VALUE}.")
  private int seconds = 25;

  @Option(names = "--threads", paramLabel = "N", description = "Default: all cores.")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--hardware",
      paramLabel = "NAME",
      description = "cpu, gpu or gpu:N. Default: cpu.")
  private String hardware = "cpu";

  @Option(names = "--json", paramLabel = "FILE", description = "Also write everything as JSON.")
  private String json;

  @Mixin private StacktraceOption errors = new StacktraceOption();

  @Override
  public boolean stacktrace() {
    return errors.isSet();
  }

  @Override
  public Integer call() {
    BenchPlan plan = new BenchPlan(rows, tokens, newTokens, repetitions, seconds);
    if (threads < 1) {
      throw new IllegalArgumentException("--threads must be at least 1, got " + threads);
    }
    List<Precision> dtypes = precisions.stream().map(Precision::parse).toList();
    List<BenchSize> chosen = sizes().stream().map(BenchSize::named).toList();
    Configuration files = RunCommand.hadoop(new SparkConf());
    Compute compute =
        new TaskSpec(
                new SerializableConfiguration(files),
                DeviceChoice.parse(hardware),
                threads,
                new LongAccumulator())
            .compute();
    ModelBench bench = new ModelBench(plan, compute, Progress.console());
    List<ModelBench.Result> results = new ArrayList<>();
    for (BenchSize size : chosen) {
      results.addAll(run(bench, Subject.random(size, plan), dtypes));
    }
    for (String model : models) {
      results.addAll(run(bench, Subject.checkpoint(model, plan, files), dtypes));
    }
    print(new BenchTable(machine(compute.device()), plan, results), files);
    return 0;
  }

  private List<String> sizes() {
    return sizes.isEmpty() && models.isEmpty()
        ? List.of("tiny", "small", "medium", "large")
        : sizes;
  }

  private static List<ModelBench.Result> run(
      ModelBench bench, Subject subject, List<Precision> dtypes) {
    try (var tokenizer = subject.base().tokenizer()) {
      return dtypes.stream().map(dtype -> bench.run(subject, dtype)).toList();
    }
  }

  private Map<String, String> machine(Device device) {
    Map<String, String> machine = new TreeMap<>();
    machine.put("cores", Integer.toString(Runtime.getRuntime().availableProcessors()));
    machine.put("threads", Integer.toString(threads));
    machine.put("device", device.toString());
    machine.put("pytorch", Versions.all().get("pytorch"));
    return machine;
  }

  private void print(BenchTable table, Configuration files) {
    PrintWriter out = command.commandLine().getOut();
    table.lines().forEach(out::println);
    out.flush();
    if (json != null) {
      byte[] bytes = (table.json().toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8);
      HadoopFiles.write(json, bytes, files);
    }
  }
}
