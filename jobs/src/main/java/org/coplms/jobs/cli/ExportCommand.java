package org.coplms.jobs.cli;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.coplms.jobs.compare.Folder;
import org.coplms.jobs.export.Export;
import org.coplms.jobs.export.ExportRequest;
import org.coplms.jobs.pipeline.RunContext;
import org.coplms.proxy.tensor.ValueType;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Writes one tuned model of a run in the layouts of Hugging Face's libraries. */
@Command(
    mixinStandardHelpOptions = true,
    versionProvider = Versions.class,
    sortOptions = false,
    usageHelpAutoWidth = true)
final class ExportCommand implements Callable<Integer>, WithRunOptions {
  @Mixin private RunOptions options = new RunOptions("runs/default");

  @Option(
      names = "--device",
      paramLabel = "N",
      description = "The edge device whose SLM is exported, counted from 0.")
  private Integer device;

  @Option(
      names = "--model",
      paramLabel = "NAME",
      description = "A model of the server instead: ${COMPLETION-CANDIDATES}.")
  private ExportRequest.ServerModel model;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      required = true,
      description =
          "One of ${COMPLETION-CANDIDATES}. peft: its LoRA; merged: the whole model, with the LoRA folded in; dpm: the same as --model dpm --format merged.")
  private ExportRequest.Format format;

  @Option(
      names = "--round",
      paramLabel = "N",
      description = "The model as this round left it. Default: the last.")
  private Integer round;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description =
          "Target folder, on any file system that Hadoop knows. Default: export/… in the run folder.")
  private String out;

  @Option(
      names = "--dtype",
      paramLabel = "NAME",
      description =
          "Of merged weights in their files: float32, float16 or bfloat16. Default: as the checkpoint stores each.")
  private String dtype;

  @Option(names = "--force", description = "Replace what an earlier export left in the target.")
  private boolean force;

  @Override
  public RunOptions options() {
    return options;
  }

  @Override
  public Integer call() {
    ExportRequest request =
        ExportRequest.of(
            Optional.ofNullable(device),
            Optional.ofNullable(model),
            format,
            round == null ? OptionalInt.empty() : OptionalInt.of(round),
            Optional.ofNullable(out),
            Optional.ofNullable(dtype).map(ValueType::parse),
            force);
    return new RunCommand(context -> Export.run(completed(context), request), options).call();
  }

  /** A comparison's cell has its models in its base. */
  private static RunContext completed(RunContext context) {
    return new RunContext(
        context.spark(),
        Folder.completed(context.store(), context.settings(), Versions.all()),
        context.settings(),
        context.progress());
  }
}
