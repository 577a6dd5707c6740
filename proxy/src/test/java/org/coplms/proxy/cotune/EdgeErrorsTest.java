package org.coplms.proxy.cotune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.coplms.proxy.lm.Family;
import org.coplms.proxy.train.BaseModel;
import org.coplms.proxy.train.Example;
import org.coplms.proxy.train.TinyTask;
import org.coplms.proxy.train.TrainingDivergedException;
import org.junit.jupiter.api.Test;

class EdgeErrorsTest {
  private static final SamlConfig SAML = EdgeScene.saml(2, 0.5, 0.5, 16);
  private static final Example LONG =
      new Example("long", "d", "x".repeat(TinyTask.MAX_TOKENS), List.of("y"));
  private static final Example SPELLS_A_SPECIAL_TOKEN =
      new Example("special", "d", "what ends a text?", List.of("<eos>"));

  @Test
  void examplesThatCannotBeLearnedAreCounted() {
    List<Example> examples = new ArrayList<>(EdgeScene.PRIVATE);
    examples.add(LONG);
    examples.add(SPELLS_A_SPECIAL_TOKEN);
    EdgeTask task = EdgeScene.task(1, EdgeScene.everything(TuningScope.FULL));
    EdgeResult result =
        EdgeScene.run(task, EdgeScene.inputs(EdgeScene.SLM, EdgeScene.DPM, examples));
    assertThat(EdgeScene.metric(result.metrics(), "data", "skipped-examples")).hasValue(2);
    assertThat(result.examples()).isEqualTo(EdgeScene.PRIVATE.size());
  }

  @Test
  void nothingToLearnIsAnErrorThatNamesDeviceAndRound() {
    EdgeTask task = EdgeScene.task(2, EdgeScene.everything(TuningScope.FULL));
    EdgeInputs inputs =
        EdgeScene.inputs(EdgeScene.SLM, EdgeScene.DPM, List.of(LONG, SPELLS_A_SPECIAL_TOKEN));
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
            BaseModel.of(inputs.slm().config(), inputs.slm().weights(), inputs.slm().tokenizer())
                .hash())
        .isEqualTo(before);
  }
}
