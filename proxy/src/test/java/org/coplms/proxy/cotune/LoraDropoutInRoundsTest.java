package org.coplms.proxy.cotune;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.coplms.proxy.lora.LoraConfig;
import org.coplms.proxy.train.TinyTask;
import org.junit.jupiter.api.Test;

/** LoRA's dropout takes part in training, from seeds of the task. */
class LoraDropoutInRoundsTest {
  private static final ThetaConfig DROPPING =
      new ThetaConfig(new LoraConfig(4, 8, 0.25, List.of(LoraConfig.ALL_LINEAR)), false);

  @Test
  void theProxysDropoutCountsOnTheDeviceAndRepeats() {
    EdgeTask kept =
        EdgeScene.task(
            1,
            EdgeScene.edge(
                EdgeScene.NO_DST, EdgeScene.saml(3, 0.5, 0.5, 16), EdgeScene.NO_REHEARSAL));
    EdgeTask dropped =
        new EdgeTask(
            kept.runSeed(),
            1,
            kept.rounds(),
            kept.deviceId(),
            kept.edge(),
            DROPPING,
            kept.format());
    EdgeResult once = EdgeScene.run(dropped, EdgeScene.inputs());
    assertThat(once.theta().equals(EdgeScene.run(kept, EdgeScene.inputs()).theta())).isFalse();
    assertThat(EdgeScene.run(dropped, EdgeScene.inputs()).theta().equals(once.theta())).isTrue();
  }

  @Test
  void theProxysDropoutCountsOnTheServerAndRepeats() {
    ServerTask kept = ServerScene.task(1, ServerScene.server(3, 0, 0));
    ServerTask dropped =
        new ServerTask(7, 1, EdgeScene.ROUNDS, kept.server(), DROPPING, TinyTask.FORMAT);
    ServerResult once = ServerScene.run(dropped, ServerScene.inputs());
    assertThat(once.theta().equals(ServerScene.run(kept, ServerScene.inputs()).theta())).isFalse();
    assertThat(ServerScene.run(dropped, ServerScene.inputs()).theta().equals(once.theta()))
        .isTrue();
  }

  @Test
  void questionsAndAnswersAreSampledWithoutDropout() {
    ServerTask kept = ServerScene.task(1, ServerScene.server(1, 0, 30));
    ServerTask dropped =
        new ServerTask(7, 1, EdgeScene.ROUNDS, kept.server(), DROPPING, TinyTask.FORMAT);
    assertThat(ServerScene.run(dropped, ServerScene.inputs()).state().rehearsal())
        .isNotEmpty()
        .isEqualTo(ServerScene.run(kept, ServerScene.inputs()).state().rehearsal());
  }
}
