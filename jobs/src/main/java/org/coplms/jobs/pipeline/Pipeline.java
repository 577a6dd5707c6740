package org.coplms.jobs.pipeline;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.coplms.jobs.store.RunStore;
import org.coplms.jobs.store.RunStoreException;
import org.coplms.jobs.store.StageMarker;

/** The stages of a run in their order. */
public final class Pipeline {
  private final List<Stage> stages;
  private final InstantSource clock;

  private Pipeline(List<Stage> stages, InstantSource clock) {
    this.stages = List.copyOf(stages);
    this.clock = clock;
  }

  public static Pipeline of(Stage... stages) {
    return new Pipeline(List.of(stages), InstantSource.system());
  }

  /** Names of the stages in their order. */
  public List<String> names() {
    return stages.stream().map(Stage::name).toList();
  }

  /** Whether a stage needs no other, so that it may start a new run folder. */
  public boolean startsRun(String name) {
    return stage(name).after().isEmpty();
  }

  /** Runs all stages. */
  public void runAll(RunContext context) {
    stages.forEach(stage -> run(stage, context));
  }

  /**
   * Runs one stage, unless it has finished in this run folder.
   *
   * @throws RunStoreException if a stage that it needs has not finished
   */
  public void run(String name, RunContext context) {
    run(stage(name), context);
  }

  private void run(Stage stage, RunContext context) {
    RunStore store = context.store();
    requireFinished(stage, store);
    Optional<StageMarker> marker = store.stageMarker(stage.name());
    if (!stage.always() && store.stageDone(stage.name(), store.fingerprint())) {
      context.progress().line(line(stage, "done before", marker.orElseThrow().seconds()));
      return;
    }
    context.progress().line("== " + stage.name());
    long start = clock.millis();
    stage.run(context);
    double seconds = Duration.ofMillis(clock.millis() - start).toMillis() / 1000.0;
    if (!stage.always()) {
      store.markStageDone(new StageMarker(stage.name(), store.fingerprint(), seconds));
    }
    context.progress().line(line(stage, "done", seconds));
  }

  private void requireFinished(Stage stage, RunStore store) {
    List<String> missing = new ArrayList<>(stage.after());
    missing.removeIf(name -> store.stageDone(name, store.fingerprint()));
    if (!missing.isEmpty()) {
      throw new RunStoreException(
          "stage %s needs %s to have finished in %s; run `coplms %s --run %s` first"
              .formatted(
                  stage.name(),
                  String.join(" and ", missing),
                  store.root(),
                  missing.get(0),
                  store.root()));
    }
  }

  private Stage stage(String name) {
    return stages.stream()
        .filter(stage -> stage.name().equals(name))
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException("No stage " + name + "; there are " + names()));
  }

  private static String line(Stage stage, String what, double seconds) {
    return String.format(Locale.ROOT, "== %s: %s, %.1f s", stage.name(), what, seconds);
  }
}
