package org.coplms.proxy.baseline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.coplms.proxy.baseline.LocalScene.PRIVATE;
import static org.coplms.proxy.baseline.LocalScene.SHARED;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.coplms.proxy.cotune.EdgeConfig;
import org.coplms.proxy.cotune.KeptState;
import org.coplms.proxy.cotune.PromptHash;
import org.coplms.proxy.cotune.TokenBudget;
import org.coplms.proxy.cotune.TuningScope;
import org.coplms.proxy.lm.Family;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.tensor.Torch;
import org.coplms.proxy.train.BaseModel;
import org.coplms.proxy.train.Compute;
import org.coplms.proxy.train.Example;
import org.coplms.proxy.train.TinyTask;
import org.coplms.proxy.train.TrainingDivergedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LocalLearnerTest {
  private static final Example LONG =
      new Example("long", "d", "x".repeat(TinyTask.MAX_TOKENS), List.of("y"));

  @Test
  void aRoundEndsWithTheBatchThatReachesTheBudget() {
    for (int steps : new int[] {1, 7, 30}) {
      LocalTask task = LocalScene.task(1, LocalScene.edge(TuningScope.FULL, steps), 0.5);
      long budget = TokenBudget.ofRound(task.edge().edge(), LocalScene.TEXTS).tokens();
      LocalResult result = LocalScene.run(task, LocalScene.inputs());
      long most = budget + (long) LocalScene.BATCH * LocalScene.LONGEST;
      assertThat(result.state().tokens()).isBetween(budget, most);
      assertThat(LocalScene.metric(result.metrics(), "data", "slm-tokens"))
          .hasValue((double) result.state().tokens());
    }
  }

  @Test
  void withoutABudgetNothingIsTrained() {
    LocalResult result =
        LocalScene.run(
            LocalScene.task(1, LocalScene.edge(TuningScope.FULL, 0), 0), LocalScene.inputs());
    assertThat(result.state().tokens()).isZero();
    assertThat(result.tuned().equals(LocalScene.SLM.hostWeights())).isTrue();
  }

  @Test
  void roundsGoOnFromTheStateThatWasKept() {
    KeptState first = LocalScene.run(LocalScene.task(1), LocalScene.inputs()).state();
    KeptState second = second(first);
    assertThat(second(KeptState.fromBytes(first.toBytes()))).isEqualTo(second);
    assertThat(second.tokens()).isGreaterThan(first.tokens());
    KeptState anew = LocalScene.run(LocalScene.task(2), LocalScene.inputs()).state();
    assertThat(second.group("slm").equals(anew.group("slm"))).isFalse();
    // Moments count: without them the same weights move elsewhere.
    SortedMap<String, HostTensor> noMoments = new TreeMap<>(first.tensors());
    noMoments.keySet().removeIf(name -> name.startsWith("adam/"));
    KeptState forgetful = second(new KeptState(noMoments, List.of(), first.tokens()));
    assertThat(forgetful.group("slm").equals(second.group("slm"))).isFalse();
    assertThat(steps(second)).isGreaterThan(steps(forgetful));
  }

  private static KeptState second(KeptState first) {
    return LocalScene.run(LocalScene.task(2), LocalScene.inputs().after(first)).state();
  }

  private static float steps(KeptState state) {
    return state.group("adam").get("step").at(0);
  }

  @Test
  void theSameSeedGivesTheSameBits() {
    LocalTask task = LocalScene.task(1, LocalScene.edge(TuningScope.LORA, 6), 0.5);
    LocalResult once = LocalScene.run(task, LocalScene.inputs());
    assertThat(LocalScene.run(task, LocalScene.inputs())).isEqualTo(once);
    LocalResult another =
        LocalScene.run(
            LocalScene.task(2, task.edge().edge(), task.sharedShare()), LocalScene.inputs());
    assertThat(another.tuned().equals(once.tuned())).isFalse();
  }

  @ParameterizedTest
  @EnumSource(TuningScope.class)
  void theSlmLearnsItsDevicesQuestions(TuningScope tuning) {
    LocalTask task = LocalScene.task(1, LocalScene.edge(tuning, 150), 0);
    LocalTask none = LocalScene.task(1, LocalScene.edge(tuning, 0), 0);
    double before = crossEntropy(none, PRIVATE);
    // A LoRA over weights that are random cannot do much.
    assertThat(crossEntropy(task, PRIVATE))
        .isLessThan(before * (tuning == TuningScope.FULL ? 0.5 : 0.95));
  }

  private static double crossEntropy(LocalTask task, List<Example> examples) {
    KeptState state = LocalScene.run(task, LocalScene.inputs()).state();
    return LocalScene.crossEntropy(task, state, examples);
  }

  @Test
  void sharedTextsAreLearnedInTheirShareOfTheBatches() {
    EdgeConfig edge = LocalScene.edge(TuningScope.FULL, 120);
    LocalTask none = LocalScene.task(1, edge, 0);
    LocalTask half = LocalScene.task(1, edge, 0.5);
    LocalTask all = LocalScene.task(1, edge, 1);
    assertThat(crossEntropy(half, SHARED)).isLessThan(0.5 * crossEntropy(none, SHARED));
    assertThat(crossEntropy(all, PRIVATE)).isGreaterThan(2 * crossEntropy(half, PRIVATE));
    assertThat(LocalScene.run(none, LocalScene.inputs()).metrics())
        .noneMatch(row -> row.name().equals("shared-ce"));
  }

  @Test
  void foreignPromptsThatWereLearnedAreRemembered() {
    List<Example> shared = new ArrayList<>(SHARED);
    shared.add(new Example("copy", "d", PRIVATE.get(0).prompt(), List.of("x")));
    LocalInputs inputs =
        new LocalInputs(
            LocalScene.SLM, PRIVATE, shared, Collections.emptySortedMap(), Optional.empty());
    LocalTask few = LocalScene.task(1, LocalScene.edge(TuningScope.FULL, 1), 1);
    KeptState state = LocalScene.run(few, inputs).state();
    var all = PromptHash.ofAll(SHARED.stream().map(Example::prompt).toList());
    assertThat(state.seen()).hasSizeBetween(1, 2 * LocalScene.BATCH);
    assertThat(all).containsAll(state.seen());
    LocalTask many = LocalScene.task(2, LocalScene.edge(TuningScope.FULL, 12), 1);
    assertThat(LocalScene.run(many, inputs.after(state)).state().seen()).isEqualTo(all);
    LocalTask none = LocalScene.task(1, LocalScene.edge(TuningScope.FULL, 2), 0);
    assertThat(LocalScene.run(none, inputs).state().seen()).isEmpty();
  }

  @Test
  void receivedTensorsReplaceTheTunedOnesAndTheirMoments() {
    LocalInputs later =
        LocalScene.inputs().after(LocalScene.run(LocalScene.task(1), LocalScene.inputs()).state());
    SortedMap<String, HostTensor> sent = LocalScene.SLM.hostWeights();
    KeptState untrained =
        LocalScene.run(
                LocalScene.task(2, LocalScene.edge(TuningScope.FULL, 0), 0),
                LocalScene.receiving(later, sent))
            .state();
    assertThat(untrained.group("slm").equals(sent)).isTrue();
    assertThat(untrained.group("adam").keySet()).containsExactly("step");
    assertThat(steps(untrained)).isZero();
    assertThat(untrained.group("slm-adapter"))
        .isEqualTo(later.state().orElseThrow().group("slm-adapter"));
    LocalResult trained = LocalScene.run(LocalScene.task(2), LocalScene.receiving(later, sent));
    LocalResult own = LocalScene.run(LocalScene.task(2), later);
    assertThat(trained.tuned().equals(own.tuned())).isFalse();
    // The first round receives, too.
    LocalResult first =
        LocalScene.run(LocalScene.task(1), LocalScene.receiving(LocalScene.inputs(), own.tuned()));
    assertThat(
            first.tuned().equals(LocalScene.run(LocalScene.task(1), LocalScene.inputs()).tuned()))
        .isFalse();
  }

  @Test
  void tensorsOfAnotherSlmAreRefused() {
    SortedMap<String, HostTensor> other =
        TinyTask.random(Family.GPT2, 24, 1, LocalScene.TOKENIZER, 1).hostWeights();
    assertThatThrownBy(
            () ->
                LocalScene.run(
                    LocalScene.task(1), LocalScene.receiving(LocalScene.inputs(), other)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("has shape");
    other.remove(other.firstKey());
    assertThatThrownBy(
            () ->
                LocalScene.run(
                    LocalScene.task(1), LocalScene.receiving(LocalScene.inputs(), other)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cotune.edge.slm");
  }

  @Test
  void anAdapterThatDoesNotLearnStaysANoOp() {
    LocalTask with = LocalScene.task(1);
    LocalTask without = new LocalTask(with.edge(), false, 0);
    KeptState state = LocalScene.run(without, LocalScene.inputs()).state();
    SortedMap<String, HostTensor> adapter = state.group("slm-adapter");
    assertThat(adapter).isNotEmpty();
    LocalTask none = LocalScene.task(1, LocalScene.edge(TuningScope.FULL, 0), 0);
    assertThat(LocalScene.run(none, LocalScene.inputs()).state().group("slm-adapter"))
        .isEqualTo(adapter);
    assertThat(LocalScene.run(with, LocalScene.inputs()).state().group("slm-adapter"))
        .isNotEqualTo(adapter);
  }

  @Test
  void nothingToLearnIsAnErrorThatNamesDeviceAndRound() {
    LocalInputs inputs =
        new LocalInputs(
            LocalScene.SLM,
            List.of(LONG),
            List.of(),
            Collections.emptySortedMap(),
            Optional.empty());
    assertThatThrownBy(() -> LocalScene.run(LocalScene.task(2), inputs))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("edge device 3, round 2")
        .hasMessageContaining("None of 1 examples");
  }

  @Test
  void divergenceNamesDeviceRoundAndBatch() {
    BaseModel slm =
        TinyTask.poisoned(TinyTask.random(Family.LLAMA, 16, 1, LocalScene.TOKENIZER, 1));
    LocalInputs inputs =
        new LocalInputs(slm, PRIVATE, List.of(), Collections.emptySortedMap(), Optional.empty());
    assertThatThrownBy(() -> LocalScene.run(LocalScene.task(2), inputs))
        .isInstanceOf(TrainingDivergedException.class)
        .hasMessageContaining("edge device 3, round 2, batch 1 of private texts");
  }

  @Test
  void everyStepIsReported() {
    AtomicInteger steps = new AtomicInteger();
    Compute compute = new Compute(Torch.defaultDevice(), 1, steps::incrementAndGet);
    LocalResult result = LocalLearner.run(LocalScene.task(1), LocalScene.inputs(), compute);
    assertThat((float) steps.get()).isEqualTo(steps(result.state())).isPositive();
  }
}
