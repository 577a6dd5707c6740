package org.coplms.jobs.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.coplms.jobs.progress.Progress;
import org.coplms.jobs.store.RunIdentity;
import org.coplms.jobs.store.RunStore;
import org.coplms.jobs.store.RunStoreException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PipelineTest {
  @TempDir Path folder;
  private final List<String> ran = new ArrayList<>();
  private final Pipeline pipeline =
      Pipeline.of(
          stage("prepare", List.of(), false),
          stage("train", List.of("prepare"), false),
          stage("show", List.of("train"), true));

  @Test
  void runsEveryStageInOrder() {
    pipeline.runAll(context());
    assertThat(ran).containsExactly("prepare", "train", "show");
    assertThat(context().store().stageMarker("train")).isPresent();
  }

  @Test
  void doesFinishedStagesOnceAndTheOthersEachTime() {
    pipeline.runAll(context());
    pipeline.runAll(context());
    assertThat(ran).containsExactly("prepare", "train", "show", "show");
  }

  @Test
  void refusesAStageBeforeItsTurn() {
    RunContext context = context();
    assertThatThrownBy(() -> pipeline.run("train", context))
        .isInstanceOf(RunStoreException.class)
        .hasMessageContaining("stage train needs prepare")
        .hasMessageContaining("coplms prepare --run");
    assertThat(ran).isEmpty();
  }

  @Test
  void aFailedStageIsRunAgain() {
    Pipeline failing =
        Pipeline.of(
            new Stage() {
              @Override
              public String name() {
                return "prepare";
              }

              @Override
              public void run(RunContext context) {
                throw new IllegalStateException("broken");
              }
            });
    RunContext context = context();
    assertThatThrownBy(() -> failing.runAll(context)).hasMessage("broken");
    pipeline.run("prepare", context);
    assertThat(ran).containsExactly("prepare");
  }

  @Test
  void knowsWhichStagesMayStartARun() {
    assertThat(pipeline.startsRun("prepare")).isTrue();
    assertThat(pipeline.startsRun("show")).isFalse();
  }

  private RunContext context() {
    RunIdentity identity =
        new RunIdentity(JsonNodeFactory.instance.objectNode(), 1, new TreeMap<>(), Set.of());
    RunStore store = RunStore.open(folder.resolve("run").toString(), identity, new Configuration());
    return new RunContext(null, store, null, Progress.silent());
  }

  private Stage stage(String name, List<String> after, boolean always) {
    return new Stage() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public List<String> after() {
        return after;
      }

      @Override
      public boolean always() {
        return always;
      }

      @Override
      public void run(RunContext context) {
        ran.add(name);
      }
    };
  }
}
