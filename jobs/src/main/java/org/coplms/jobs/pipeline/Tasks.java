package org.coplms.jobs.pipeline;

import org.apache.spark.util.LongAccumulator;
import org.apache.spark.util.SerializableConfiguration;
import org.coplms.jobs.progress.Progress;
import org.coplms.udfs.model.TaskSpec;

/**
 * One piece of visible work on executors: tasks count their steps, the driver shows them.
 *
 * <p>Running tasks report through executor heartbeats, so progress moves while they run.
 */
public final class Tasks implements AutoCloseable {
  private final RunContext context;
  private final LongAccumulator steps;
  private final StepListener listener;
  private final Progress.Task shown;

  private Tasks(RunContext context, String label, long expected) {
    this.context = context;
    this.steps = context.spark().sparkContext().longAccumulator(label);
    this.shown = context.progress().start(label, expected);
    this.listener = new StepListener(steps.id(), shown::stepTo);
    context.spark().sparkContext().addSparkListener(listener);
  }

  /** Starts showing {@code expected} steps under a label. */
  public static Tasks start(RunContext context, String label, long expected) {
    return new Tasks(context, label, expected);
  }

  /** For an edge device's task. */
  public TaskSpec edge() {
    return spec(context.settings().compute().edgeThreads());
  }

  /** For a task that works with the LLM. */
  public TaskSpec server() {
    return spec(context.settings().compute().serverThreads());
  }

  private TaskSpec spec(int threads) {
    return new TaskSpec(
        new SerializableConfiguration(context.store().hadoopConfiguration()),
        context.settings().compute().choice(),
        threads,
        steps);
  }

  @Override
  public void close() {
    context.spark().sparkContext().removeSparkListener(listener);
    shown.close();
  }
}
