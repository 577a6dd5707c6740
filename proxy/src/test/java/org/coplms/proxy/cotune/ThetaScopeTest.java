package org.coplms.proxy.cotune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.coplms.proxy.merge.MergeRule;
import org.coplms.proxy.merge.ProxyUpdate;
import org.coplms.proxy.merge.TensorMean;
import org.coplms.proxy.merge.ThetaSpec;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.train.TinyTask;
import org.junit.jupiter.api.Test;

/** A proxy that travels whole: every base weight is trained, averaged and sent, and no other. */
class ThetaScopeTest {
  private static final ThetaConfig WHOLE =
      new ThetaConfig(TuningScope.FULL, EdgeScene.THETA.lora(), false);

  @Test
  void devicesTrainAndReturnEveryWeightOfTheProxy() {
    EdgeInputs inputs = inputs(EdgeScene.DPM.hostWeights());
    EdgeResult result = device(1, inputs);
    assertThat(result.theta().keySet()).isEqualTo(EdgeScene.DPM.hostWeights().keySet());
    result
        .theta()
        .forEach(
            (name, tensor) ->
                assertThat(tensor.equals(EdgeScene.DPM.hostWeights().get(name)))
                    .as(name)
                    .isFalse());
    assertThat(result.state().tensors().keySet())
        .allMatch(name -> name.matches("(slm|slm-adapter|dpm-adapter|adam)/.+"));
  }

  @Test
  void aRoundStartsFromWhatWasSentAndRepeatsItself() {
    EdgeResult first = device(1, inputs(EdgeScene.DPM.hostWeights()));
    EdgeResult second = device(1, inputs(first.theta()));
    assertThat(second.theta().equals(first.theta())).isFalse();
    assertThat(device(1, inputs(first.theta())).theta().equals(second.theta())).isTrue();
  }

  @Test
  void whatDevicesReturnIsAveragedAndGoesOn() {
    EdgeInputs inputs = inputs(EdgeScene.DPM.hostWeights());
    ThetaSpec spec = WHOLE.spec(inputs.theta());
    List<ProxyUpdate> updates =
        List.of(1, 2).stream()
            .map(id -> ProxyUpdate.of(1, id, 10, device(id, inputs).theta(), spec))
            .toList();
    MergeRule rule = new TensorMean();
    SortedMap<String, HostTensor> merged = rule.merge(inputs.theta(), updates, 1);
    assertThat(merged.keySet()).isEqualTo(inputs.theta().keySet());
    ServerResult server =
        ServerScene.run(
            new ServerTask(
                7, 1, EdgeScene.ROUNDS, ServerScene.server(2, 0, 0), WHOLE, TinyTask.FORMAT),
            serverInputs(merged));
    assertThat(WHOLE.spec(server.theta())).isEqualTo(spec);
    assertThat(server.theta().equals(merged)).isFalse();
    assertThat(device(1, inputs(server.theta())).theta().keySet()).isEqualTo(merged.keySet());
  }

  @Test
  void whatIsSentMustFitTheScope() {
    EdgeInputs inputs = inputs(EdgeScene.DPM.hostWeights());
    assertThatThrownBy(() -> EdgeScene.THETA.spec(inputs.theta()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cannot be part of θ");
    assertThatThrownBy(() -> WHOLE.spec(EdgeScene.theta(EdgeScene.DPM)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("only the base weights travel");
  }

  @Test
  void noFactorCanBeFrozenInAWholeModel() {
    assertThatThrownBy(() -> new ThetaConfig(TuningScope.FULL, EdgeScene.THETA.lora(), true))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("theta-scope = full")
        .hasMessageContaining("merge = mean");
  }

  private static EdgeResult device(int id, EdgeInputs inputs) {
    EdgeConfig edge =
        EdgeScene.edge(EdgeScene.NO_DST, EdgeScene.saml(3, 0.5, 0.5, 16), EdgeScene.NO_REHEARSAL);
    return EdgeScene.run(
        new EdgeTask(7, 1, EdgeScene.ROUNDS, id, edge, WHOLE, TinyTask.FORMAT), inputs);
  }

  private static EdgeInputs inputs(SortedMap<String, HostTensor> theta) {
    return new EdgeInputs(EdgeScene.SLM, EdgeScene.DPM, EdgeScene.PRIVATE, theta, Optional.empty());
  }

  private static ServerInputs serverInputs(SortedMap<String, HostTensor> theta) {
    ServerInputs inputs = ServerScene.inputs();
    return new ServerInputs(
        inputs.dpm(),
        inputs.llm(),
        theta,
        inputs.publicExamples(),
        inputs.llmLogits(),
        inputs.state());
  }
}
