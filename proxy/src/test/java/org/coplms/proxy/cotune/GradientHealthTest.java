package org.coplms.proxy.cotune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.function.BiFunction;
import org.coplms.proxy.mutual.DenseKl;
import org.coplms.proxy.tensor.Scalars;
import org.coplms.proxy.tensor.Torch;
import org.coplms.proxy.train.BaseModel;
import org.coplms.proxy.train.BatchLogits;
import org.coplms.proxy.train.Batches;
import org.coplms.proxy.train.Compute;
import org.coplms.proxy.train.LossScope;
import org.coplms.proxy.train.Texts;
import org.coplms.proxy.train.TinyTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The share that the peer's knowledge has in the gradient is measured, and must not be nothing. */
class GradientHealthTest {
  private static final Compute COMPUTE = Compute.oneCore();

  @Test
  void theNormsAreThoseOfTheTermsAloneOnTheFirstBatch() {
    double lambda = 0.25;
    EdgeTask task = EdgeScene.task(1, saml(3, lambda, 0));
    EdgeInputs inputs =
        EdgeScene.inputs(EdgeScene.SLM_OF_ONE_VOCABULARY, EdgeScene.DPM, EdgeScene.PRIVATE);
    EdgeResult result = EdgeScene.run(task, inputs);
    List<PairedExample> batch = firstBatch(task, inputs);
    double kl = byHand(task, inputs, (models, step) -> kl(models, batch, step));
    double text = byHand(task, inputs, (models, step) -> slm(models, batch, step).crossEntropy());
    assertThat(saml(result, "kd-gradient-norm-slm"))
        .isCloseTo(lambda * 4 * kl, within(1e-4 * kl)); // T² = 4
    assertThat(saml(result, "ce-gradient-norm-slm"))
        .isCloseTo((1 - lambda) * text, within(1e-4 * text));
    assertThat(EdgeScene.metric(result.metrics(), "saml", "kd-gradient-norm-dpm")).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(TuningScope.class)
  void bothModelsAndRehearsalAreMeasured(TuningScope tuning) {
    EdgeResult result =
        EdgeScene.run(EdgeScene.task(1, EdgeScene.everything(tuning)), EdgeScene.inputs());
    for (String model : List.of("slm", "dpm")) {
      assertThat(saml(result, "kd-gradient-norm-" + model)).isGreaterThan(1e-3);
      assertThat(saml(result, "ce-gradient-norm-" + model)).isGreaterThan(1e-3);
    }
    assertThat(EdgeScene.metric(result.metrics(), "rehearsal", "kd-gradient-norm-slm").orElse(0))
        .isGreaterThan(1e-4);
  }

  @Test
  void lookingAtAGradientLeavesTheNextOneAsItWas() {
    EdgeTask task = EdgeScene.task(1, saml(1, 0.5, 0));
    EdgeInputs inputs = EdgeScene.inputs();
    COMPUTE.begin();
    try (EdgeModels models = EdgeModels.open(task, inputs, COMPUTE)) {
      List<PairedExample> batch = firstBatch(task, inputs);
      double plain = norm(models, batch, false);
      assertThat(norm(models, batch, true)).isEqualTo(plain).isPositive();
    }
  }

  @ParameterizedTest
  @EnumSource(TuningScope.class)
  void anSlmThatNoGradientReachesEndsTheRound(TuningScope tuning) {
    EdgeConfig edge =
        EdgeScene.edge(
            tuning, EdgeScene.NO_DST, EdgeScene.saml(2, 0.5, 0, 16), EdgeScene.NO_REHEARSAL);
    EdgeInputs inputs =
        EdgeScene.inputs(TinyTask.silenced(EdgeScene.SLM), EdgeScene.DPM, EdgeScene.PRIVATE);
    assertThatThrownBy(() -> EdgeScene.run(EdgeScene.task(2, edge), inputs))
        .isInstanceOf(DistillationException.class)
        .hasMessageContaining("edge device 3, round 2: SAML, batch 1 (examples swedish")
        .hasMessageContaining("weight 0.5 in the objective of the slm")
        .hasMessageContaining("set this lambda to 0");
  }

  @Test
  void aProxyThatNoGradientReachesEndsTheRound() {
    BaseModel silent = TinyTask.silenced(EdgeScene.DPM);
    EdgeInputs inputs = EdgeScene.inputs(EdgeScene.SLM, silent, EdgeScene.PRIVATE);
    assertThatThrownBy(() -> EdgeScene.run(EdgeScene.task(1, saml(2, 0, 0.5)), inputs))
        .isInstanceOf(DistillationException.class)
        .hasMessageContaining("objective of the dpm");
    // Without weight nothing is asked for.
    assertThat(EdgeScene.run(EdgeScene.task(1, saml(2, 0, 0)), inputs).metrics()).isNotEmpty();
  }

  @Test
  void theServersModelsAreMeasuredAndChecked() {
    ServerTask task = ServerScene.task(2, ServerScene.server(2, 2, 30));
    ServerResult result = ServerScene.run(task, ServerScene.inputs());
    for (String model : List.of("dpm", "llm")) {
      for (String term : List.of("kd", "ce")) {
        String name = term + "-gradient-norm-" + model;
        assertThat(EdgeScene.metric(result.metrics(), "server", name).orElse(0))
            .as(name)
            .isGreaterThan(1e-4);
      }
    }
    assertThatThrownBy(
            () ->
                ServerScene.run(
                    ServerScene.task(2, ServerScene.server(2, 0, 0)),
                    ServerScene.inputs(TinyTask.silenced(EdgeScene.DPM), ServerScene.LLM)))
        .isInstanceOf(DistillationException.class)
        .hasMessageContaining("server, round 2: DPM, batch 1 (examples english");
    assertThatThrownBy(
            () ->
                ServerScene.run(
                    ServerScene.task(2, ServerScene.server(0, 2, 0)),
                    ServerScene.inputs(EdgeScene.DPM, TinyTask.silenced(ServerScene.LLM))))
        .isInstanceOf(DistillationException.class)
        .hasMessageContaining("server, round 2: LLM, batch 1")
        .hasMessageContaining("objective of the llm");
  }

  /** √Σg² of an unweighted term at the SLM as it was opened. */
  private static double byHand(
      EdgeTask task, EdgeInputs inputs, BiFunction<EdgeModels, NDManager, NDArray> term) {
    COMPUTE.begin();
    try (EdgeModels models = EdgeModels.open(task, inputs, COMPUTE);
        NDManager step = models.newStep()) {
      return models
          .slm()
          .tuned()
          .recording(
              () -> {
                Torch.backward(term.apply(models, step));
                double sum = 0;
                for (NDArray parameter : models.slm().model().baseParameters().values()) {
                  for (float g : parameter.getGradient().toFloatArray()) {
                    sum += (double) g * g;
                  }
                }
                return Math.sqrt(sum);
              });
    }
  }

  private static NDArray kl(EdgeModels models, List<PairedExample> batch, NDManager step) {
    NDArray own = slm(models, batch, step).logits();
    NDArray peer =
        Torch.withoutRecording(
            () ->
                BatchLogits.of(models.dpm(), PairedExample.dpm(batch), LossScope.RESPONSE, step)
                    .logits());
    return DenseKl.loss(own, peer, 2, DenseKl.Direction.FORWARD);
  }

  private static BatchLogits slm(EdgeModels models, List<PairedExample> batch, NDManager step) {
    return BatchLogits.of(models.slm().model(), PairedExample.slm(batch), LossScope.RESPONSE, step);
  }

  /** Norm of the cross-entropy's gradient, with or without a look at half of it before. */
  private static double norm(EdgeModels models, List<PairedExample> batch, boolean look) {
    try (NDManager step = models.newStep()) {
      return models
          .slm()
          .tuned()
          .recording(
              () -> {
                NDArray loss = slm(models, batch, step).crossEntropy();
                if (look) {
                  models.slm().tuned().gradientNorm(Scalars.times(loss, 0.5));
                }
                return models.slm().tuned().gradientNorm(loss);
              });
    }
  }

  private static List<PairedExample> firstBatch(EdgeTask task, EdgeInputs inputs) {
    PairedExample.Readers readers =
        new PairedExample.Readers(
            inputs.slm().tokenizer(), inputs.dpm().tokenizer(), TinyTask.FORMAT);
    List<PairedExample> pairs =
        inputs.examples().stream()
            .flatMap(
                e ->
                    PairedExample.of(e.id(), e.prompt(), e.response(), readers, TinyTask.MAX_TOKENS)
                        .stream())
            .toList();
    return Texts.pick(
        pairs, new Batches(pairs.size(), task.edge().batchSize(), task.seed("saml")).next());
  }

  private static EdgeConfig saml(int steps, double slmLambda, double dpmLambda) {
    return EdgeScene.edge(
        EdgeScene.NO_DST, EdgeScene.saml(steps, slmLambda, dpmLambda, 16), EdgeScene.NO_REHEARSAL);
  }

  private static double saml(EdgeResult result, String name) {
    return EdgeScene.metric(result.metrics(), "saml", name).orElseThrow();
  }
}
