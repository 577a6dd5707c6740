package org.coplms.proxy.cotune;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.SortedMap;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.train.BatchLogits;
import org.coplms.proxy.train.Batches;
import org.coplms.proxy.train.Compute;
import org.coplms.proxy.train.LossScope;
import org.coplms.proxy.train.Texts;
import org.coplms.proxy.train.TinyTask;
import org.junit.jupiter.api.Test;

class MutualLearningTest {
  private static final int STEPS = 3;
  private static final Compute COMPUTE = Compute.oneCore();

  @Test
  void withoutWeightBothModelsLearnFromTheTextAlone() {
    EdgeTask task = EdgeScene.task(1, edge(EdgeScene.saml(STEPS, 0, 0, 16)));
    EdgeInputs inputs = EdgeScene.inputs();
    EdgeResult result = EdgeScene.run(task, inputs);

    COMPUTE.begin();
    try (EdgeModels models = EdgeModels.open(task, inputs, COMPUTE)) {
      learnTextByHand(task, models, pairs(inputs));
      assertThat(slm(result).equals(models.slm().tuned().values())).isTrue();
      assertThat(result.theta().equals(models.theta().values())).isTrue();
    }
    assertThat(EdgeScene.metric(result.metrics(), "saml", "kl-dpm-to-slm")).isEmpty();
    assertThat(EdgeScene.metric(result.metrics(), "saml", "kl-slm-to-dpm")).isEmpty();
    assertThat(EdgeScene.metric(result.metrics(), "alignment", "mapped-mass-to-slm")).isEmpty();
  }

  @Test
  void eachWeightChangesItsOwnModelFirst() {
    EdgeResult none = run(EdgeScene.saml(1, 0, 0, 16));
    EdgeResult toSlm = run(EdgeScene.saml(1, 0.5, 0, 16));
    EdgeResult toDpm = run(EdgeScene.saml(1, 0, 0.5, 16));
    assertThat(slm(toSlm).equals(slm(none))).isFalse();
    assertThat(toSlm.theta().equals(none.theta())).isTrue();
    assertThat(slm(toDpm).equals(slm(none))).isTrue();
    assertThat(toDpm.theta().equals(none.theta())).isFalse();
  }

  @Test
  void theNumberOfPeerLogitsCountsOnlyBetweenTwoVocabularies() {
    assertThat(theta(EdgeScene.inputs(), 1).equals(theta(EdgeScene.inputs(), 64))).isFalse();
    EdgeInputs same =
        EdgeScene.inputs(EdgeScene.SLM_OF_ONE_VOCABULARY, EdgeScene.DPM, EdgeScene.PRIVATE);
    assertThat(theta(same, 1).equals(theta(same, 64))).isTrue();
  }

  @Test
  void theSlmComesCloserToTheDpm() {
    EdgeConfig few = edge(EdgeScene.saml(2, 1, 0, 64));
    EdgeConfig many = edge(EdgeScene.saml(60, 1, 0, 64));
    double early = kl(EdgeScene.run(EdgeScene.task(1, few), EdgeScene.inputs()));
    double whole = kl(EdgeScene.run(EdgeScene.task(1, many), EdgeScene.inputs()));
    assertThat(whole).isLessThan(early / 2).isPositive();
  }

  @Test
  void theAdapterIsLeftOutOfSomeBatchesAndBackAtTheEnd() {
    EdgeConfig tuned = EdgeScene.edge(new DstConfig(4), EdgeScene.NO_SAML, EdgeScene.NO_REHEARSAL);
    EdgeResult earlier = EdgeScene.run(EdgeScene.task(1, tuned), EdgeScene.inputs());
    EdgeInputs inputs = EdgeScene.after(EdgeScene.inputs(), earlier);
    SortedMap<String, HostTensor> never = bypassed(0, inputs);
    SortedMap<String, HostTensor> always = bypassed(1, inputs);
    assertThat(always.equals(never)).isFalse();
  }

  private static SortedMap<String, HostTensor> bypassed(double share, EdgeInputs inputs) {
    SamlConfig saml = new SamlConfig(2, 0.5, 0.5, 2, 16, share, TinyTask.FAST);
    EdgeTask task = EdgeScene.task(2, edge(saml));
    COMPUTE.begin();
    try (EdgeModels models = EdgeModels.open(task, inputs, COMPUTE)) {
      EdgeResult result = new EdgeLearner(task, models, inputs, COMPUTE).run(0);
      assertThat(models.dpm().adapterActive()).isTrue();
      return result.theta();
    }
  }

  /**
   * Cross-entropy steps of both models until the budget is reached; fresh adapters change nothing,
   * active or not.
   */
  private static void learnTextByHand(EdgeTask task, EdgeModels models, List<PairedExample> pairs) {
    Batches batches = new Batches(pairs.size(), task.edge().batchSize(), task.seed("saml"));
    long budget = TokenBudget.ofRound(task.edge(), PairedExample.slm(pairs)).tokens();
    long tokens = 0;
    for (int i = 0; tokens < budget; i++) {
      List<PairedExample> batch = Texts.pick(pairs, batches.next());
      double progress = task.progress(tokens, budget);
      double thetaProgress = Math.min(1, (double) i / STEPS);
      tokens += batch.stream().mapToInt(pair -> pair.slm().length() - 1).sum();
      try (NDManager step = models.newStep()) {
        models
            .slm()
            .tuned()
            .recording(
                () ->
                    models
                        .slm()
                        .tuned()
                        .step(
                            BatchLogits.of(
                                    models.slm().model(),
                                    PairedExample.slm(batch),
                                    LossScope.RESPONSE,
                                    step)
                                .crossEntropy(),
                            progress));
        models
            .theta()
            .recording(
                () ->
                    models
                        .theta()
                        .step(
                            BatchLogits.of(
                                    models.dpm(), PairedExample.dpm(batch), LossScope.TEXT, step)
                                .crossEntropy(),
                            thetaProgress));
      }
    }
  }

  private static List<PairedExample> pairs(EdgeInputs inputs) {
    PairedExample.Readers readers =
        new PairedExample.Readers(
            inputs.slm().tokenizer(), inputs.dpm().tokenizer(), TinyTask.FORMAT);
    return inputs.examples().stream()
        .flatMap(
            e ->
                PairedExample.of(e.id(), e.prompt(), e.response(), readers, TinyTask.MAX_TOKENS)
                    .stream())
        .toList();
  }

  private static EdgeResult run(SamlConfig saml) {
    return EdgeScene.run(EdgeScene.task(1, edge(saml)), EdgeScene.inputs());
  }

  private static SortedMap<String, HostTensor> theta(EdgeInputs inputs, int topK) {
    EdgeConfig edge = edge(EdgeScene.saml(2, 0.5, 0.5, topK));
    return EdgeScene.run(EdgeScene.task(1, edge), inputs).theta();
  }

  private static EdgeConfig edge(SamlConfig saml) {
    return EdgeScene.edge(EdgeScene.NO_DST, saml, EdgeScene.NO_REHEARSAL);
  }

  private static SortedMap<String, HostTensor> slm(EdgeResult result) {
    return result.state().group("slm");
  }

  private static double kl(EdgeResult result) {
    return EdgeScene.metric(result.metrics(), "saml", "kl-dpm-to-slm").orElseThrow();
  }
}
