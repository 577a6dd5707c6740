package org.coplms.proxy.cotune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.coplms.proxy.lm.Family;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.tensor.RandomTensors;
import org.coplms.proxy.train.BaseModel;
import org.coplms.proxy.train.Example;
import org.coplms.proxy.train.TinyTask;
import org.coplms.proxy.train.TrainingDivergedException;
import org.junit.jupiter.api.Test;

class EdgeErrorsTest {
  private static final SamlConfig SAML = EdgeScene.saml(2, 0.5, 0.5, 16);
  private static final Example LONG =
      new Example("long", "d", "x".repeat(TinyTask.MAX_TOKENS), List.of("y"));
  private static final Example HALF_A_PAIR =
      new Example("half", "d", "what is no text?", List.of("\uD83D"));

  @Test
  void examplesThatCannotBeLearnedAreCounted() {
    List<Example> examples = new ArrayList<>(EdgeScene.PRIVATE);
    examples.add(LONG);
    examples.add(HALF_A_PAIR);
    EdgeTask task = EdgeScene.task(1, EdgeScene.everything(TuningScope.FULL));
    EdgeResult result =
        EdgeScene.run(task, EdgeScene.inputs(EdgeScene.SLM, EdgeScene.DPM, examples));
    assertThat(EdgeScene.metric(result.metrics(), "data", "skipped-examples")).hasValue(2);
    assertThat(result.examples()).isEqualTo(EdgeScene.PRIVATE.size());
  }

  @Test
  void nothingToLearnIsAnErrorThatNamesDeviceAndRound() {
    EdgeTask task = EdgeScene.task(2, EdgeScene.everything(TuningScope.FULL));
    EdgeInputs inputs = EdgeScene.inputs(EdgeScene.SLM, EdgeScene.DPM, List.of(LONG, HALF_A_PAIR));
    assertThatThrownBy(() -> EdgeScene.run(task, inputs))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("edge device 3, round 2")
        .hasMessageContaining("none of its 2 examples")
        .hasMessageContaining("40 tokens");
  }

  @Test
  void aWeightThatIsNotANumberEndsTheRoundByDeviceAndRound() {
    BaseModel slm = TinyTask.poisoned(llamaSlm());
    BaseModel dpm = TinyTask.poisoned(EdgeScene.DPM);
    for (EdgeConfig edge : configs()) {
      EdgeTask task = EdgeScene.task(2, edge);
      assertDiverged(task, EdgeScene.inputs(slm, EdgeScene.DPM, EdgeScene.PRIVATE));
      assertDiverged(task, EdgeScene.inputs(EdgeScene.SLM, dpm, EdgeScene.PRIVATE));
      assertDiverged(
          task, EdgeScene.inputs(EdgeScene.SLM_OF_ONE_VOCABULARY, dpm, EdgeScene.PRIVATE));
    }
  }

  @Test
  void aThetaOfAnotherModelIsRefused() {
    EdgeTask task = EdgeScene.task(1, EdgeScene.everything(TuningScope.FULL));
    EdgeInputs inputs =
        new EdgeInputs(
            EdgeScene.SLM,
            EdgeScene.DPM,
            EdgeScene.PRIVATE,
            EdgeScene.theta(EdgeScene.SLM),
            Optional.empty());
    assertThatThrownBy(() -> EdgeScene.run(task, inputs))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("lora_A.weight");
  }

  @Test
  void divergenceNamesPhaseAndBatch() {
    BaseModel slm = TinyTask.poisoned(llamaSlm());
    BaseModel dpm = TinyTask.poisoned(EdgeScene.DPM);
    EdgeConfig dst = EdgeScene.edge(new DstConfig(1), SAML, EdgeScene.NO_REHEARSAL);
    EdgeConfig saml = EdgeScene.edge(EdgeScene.NO_DST, SAML, EdgeScene.NO_REHEARSAL);
    EdgeConfig rehearsal =
        EdgeScene.edge(EdgeScene.NO_DST, EdgeScene.NO_SAML, EdgeScene.rehearsal(2, 40, 100));
    String place = "edge device 3, round 2: ";
    assertDiverged(dst, slm, EdgeScene.DPM, place + "DST of the SLM, batch 1 (examples swedish");
    assertDiverged(dst, EdgeScene.SLM, dpm, place + "DST of the DPM, batch 1 (examples swedish");
    assertDiverged(saml, slm, EdgeScene.DPM, place + "SAML, batch 1 (examples swedish");
    assertDiverged(saml, EdgeScene.SLM, dpm, "dpm-ce is NaN");
    assertDiverged(rehearsal, slm, EdgeScene.DPM, "rehearsal, batch 1 (examples rehearsal-");
    assertDiverged(saml, slm, EdgeScene.DPM, "slm-ce is NaN");
  }

  private static void assertDiverged(EdgeConfig edge, BaseModel slm, BaseModel dpm, String text) {
    EdgeInputs inputs = EdgeScene.inputs(slm, dpm, EdgeScene.PRIVATE);
    assertThatThrownBy(() -> EdgeScene.run(EdgeScene.task(2, edge), inputs))
        .isInstanceOf(TrainingDivergedException.class)
        .hasMessageContaining(text);
  }

  /** Finite losses whose gradient is not: the norm overflows float32. */
  @Test
  void aGradientThatOverflowsNamesItsBatchToo() {
    SortedMap<String, HostTensor> weights = new TreeMap<>(EdgeScene.DPM.hostWeights());
    weights.replaceAll(
        (name, tensor) ->
            name.endsWith("model.norm.weight")
                ? RandomTensors.constant(tensor.shape(), 3e37f)
                : tensor);
    BaseModel dpm = BaseModel.of(EdgeScene.DPM.config(), weights, EdgeScene.DPM_TOKENIZER);
    EdgeConfig saml =
        EdgeScene.edge(EdgeScene.NO_DST, EdgeScene.saml(2, 0, 0, 16), EdgeScene.NO_REHEARSAL);
    assertDiverged(saml, EdgeScene.SLM, dpm, "edge device 3, round 2: SAML, batch 1 (examples");
    assertDiverged(saml, EdgeScene.SLM, dpm, "Gradient norm is ");
  }

  private static BaseModel llamaSlm() {
    return TinyTask.random(Family.LLAMA, 16, 1, EdgeScene.SLM_TOKENIZER, 1);
  }

  /** The first step is one of DST, of SAML with or without the peer, or of rehearsal. */
  private static List<EdgeConfig> configs() {
    return List.of(
        EdgeScene.everything(TuningScope.FULL),
        EdgeScene.everything(TuningScope.LORA),
        EdgeScene.edge(EdgeScene.NO_DST, SAML, EdgeScene.NO_REHEARSAL),
        EdgeScene.edge(EdgeScene.NO_DST, SAML, EdgeScene.rehearsal(2, 40, 100)),
        EdgeScene.edge(EdgeScene.NO_DST, EdgeScene.saml(2, 0, 0, 16), EdgeScene.NO_REHEARSAL));
  }

  private static void assertDiverged(EdgeTask task, EdgeInputs inputs) {
    String before = inputs.slm().hash();
    assertThatThrownBy(() -> EdgeScene.run(task, inputs))
        .isInstanceOf(TrainingDivergedException.class)
        .hasMessageContaining("edge device 3, round 2");
    assertThat(
            BaseModel.of(
                    inputs.slm().config(), inputs.slm().hostWeights(), inputs.slm().tokenizer())
                .hash())
        .isEqualTo(before);
  }
}
