package org.coplms.jobs.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.spark.sql.SparkSession;
import org.coplms.jobs.comparison.Cell;
import org.coplms.jobs.config.Settings;
import org.coplms.jobs.pipeline.Pipeline;
import org.coplms.jobs.pipeline.RunContext;
import org.coplms.jobs.progress.Progress;
import org.coplms.jobs.stages.CotuneStage;
import org.coplms.jobs.stages.DistillStage;
import org.coplms.jobs.stages.ExposureStage;
import org.coplms.jobs.stages.PrepareStage;
import org.coplms.jobs.stages.PretrainStage;
import org.coplms.jobs.stages.TunedStage;
import org.coplms.jobs.stages.UntunedStage;
import org.coplms.jobs.store.RunStore;

/**
 * Runs what is missing of a comparison, seed by seed. Cells of one seed share data, models and DPM
 * where their settings of these agree; a cell is finished when its stages are, so a comparison that
 * was cut short goes on with the first missing one.
 */
public final class CompareRun {
  private static final Pipeline BASE =
      Pipeline.of(new PrepareStage(), new PretrainStage(), new DistillStage(), new UntunedStage());
  private static final Pipeline CELL =
      Pipeline.of(new CotuneStage(), new TunedStage(), new ExposureStage());

  private final SparkSession spark;
  private final Folder folder;
  private final List<Method> methods;
  private final int parallel;
  private final Progress progress;

  /**
   * @param parallel cells that run at the same time
   */
  public CompareRun(
      SparkSession spark, Folder folder, List<Method> methods, int parallel, Progress progress) {
    this.spark = spark;
    this.folder = folder;
    this.methods = List.copyOf(methods);
    this.parallel = parallel;
    this.progress = progress;
  }

  /** All cells, each finished, seed by seed in the order of the methods. */
  public List<Cell> run() {
    List<Cell> cells = new ArrayList<>();
    int seeds = methods.get(0).cells().size();
    for (int seed = 0; seed < seeds; seed++) {
      List<Runnable> work = new ArrayList<>();
      for (Method method : methods) {
        Settings settings = method.cells().get(seed);
        RunStore store = folder.cell(method.name(), settings);
        int number = cells.size() + 1;
        String label =
            "== cell %d/%d: %s, seed %d"
                .formatted(number, seeds * methods.size(), method.name(), settings.seed());
        cells.add(new Cell(method.name(), settings.seed(), store, store.base()));
        BASE.runAll(new RunContext(spark, store.base(), settings, progress));
        work.add(
            () -> {
              progress.line(label);
              CELL.runAll(new RunContext(spark, store, settings, progress));
            });
      }
      runAll(work);
    }
    return cells;
  }

  /** Ends when all are done; the first failure is thrown once the running ones have ended. */
  private void runAll(List<Runnable> work) {
    ExecutorService threads = Executors.newFixedThreadPool(parallel);
    try {
      List<Future<?>> running = new ArrayList<>();
      work.forEach(cell -> running.add(threads.submit(cell)));
      for (Future<?> cell : running) {
        cell.get();
      }
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException failure
          ? failure
          : new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("The comparison was interrupted", e);
    } finally {
      threads.shutdownNow();
    }
  }
}
