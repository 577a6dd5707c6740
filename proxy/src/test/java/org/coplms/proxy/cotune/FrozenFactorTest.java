package org.coplms.proxy.cotune;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SortedMap;
import org.coplms.proxy.merge.FixedPointMean;
import org.coplms.proxy.merge.ProxyUpdate;
import org.coplms.proxy.merge.ThetaSpec;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.train.TinyTask;
import org.junit.jupiter.api.Test;

/** Rounds in which B alone is trained, as the {@code ffa} merge needs. */
class FrozenFactorTest {
  private static final ThetaConfig ONLY_B = new ThetaConfig(EdgeScene.THETA.lora(), true);

  @Test
  void devicesMoveEveryBAndNoA() {
    EdgeInputs inputs = EdgeScene.inputs();
    assertOnlyBMoved(inputs.theta(), device(1, inputs).theta());
  }

  @Test
  void theServerMovesEveryBAndNoA() {
    ServerInputs inputs = ServerScene.inputs();
    assertOnlyBMoved(inputs.theta(), server(inputs).theta());
  }

  @Test
  void whatDevicesReturnIsMergedInIntegersAndGoesOn() {
    EdgeInputs inputs = EdgeScene.inputs();
    ThetaSpec spec = ThetaSpec.of(inputs.theta());
    List<ProxyUpdate> updates =
        List.of(1, 2).stream()
            .map(id -> ProxyUpdate.of(1, id, 10, device(id, inputs).theta(), spec))
            .toList();
    SortedMap<String, HostTensor> merged =
        FixedPointMean.withDefaults()
            .merge(inputs.theta(), updates, EdgeScene.THETA.lora().scaling());
    assertOnlyBMoved(inputs.theta(), merged);
    ServerInputs server = ServerScene.inputs();
    ServerInputs next =
        new ServerInputs(
            server.dpm(),
            server.llm(),
            merged,
            server.publicExamples(),
            server.llmLogits(),
            server.state());
    assertOnlyBMoved(merged, server(next).theta());
  }

  private static EdgeResult device(int id, EdgeInputs inputs) {
    EdgeConfig edge =
        EdgeScene.edge(EdgeScene.NO_DST, EdgeScene.saml(2, 0.5, 0.5, 16), EdgeScene.NO_REHEARSAL);
    return EdgeScene.run(
        new EdgeTask(7, 1, EdgeScene.ROUNDS, id, edge, ONLY_B, TinyTask.FORMAT), inputs);
  }

  private static ServerResult server(ServerInputs inputs) {
    ServerConfig server = ServerScene.server(2, 0, 0);
    return ServerScene.run(
        new ServerTask(7, 1, EdgeScene.ROUNDS, server, ONLY_B, TinyTask.FORMAT), inputs);
  }

  private static void assertOnlyBMoved(
      SortedMap<String, HostTensor> before, SortedMap<String, HostTensor> after) {
    assertThat(after.keySet()).isEqualTo(before.keySet());
    after.forEach(
        (name, tensor) ->
            assertThat(tensor.equals(before.get(name)))
                .as(name)
                .isEqualTo(name.endsWith(".lora_A.weight")));
  }
}
