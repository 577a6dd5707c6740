package org.coplms.proxy.cotune;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.tensor.RandomTensors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The same task gives the same bits: repeated, resumed from bytes, and beside other tasks. */
class EdgeDeterminismTest {

  @ParameterizedTest
  @EnumSource(TuningScope.class)
  void theSameSeedGivesTheSameThetaStateAndMetrics(TuningScope tuning) {
    EdgeTask task = EdgeScene.task(1, EdgeScene.everything(tuning));
    EdgeResult once = EdgeScene.run(task, EdgeScene.inputs());
    EdgeResult again = EdgeScene.run(task, EdgeScene.inputs());
    assertThat(again.theta().equals(once.theta())).as("θ").isTrue();
    assertThat(again.state().equals(once.state())).as("state").isTrue();
    assertThat(again.metrics()).isEqualTo(once.metrics());
    assertThat(once.state().rehearsal()).isNotEmpty();
  }

  @Test
  void anotherDeviceLearnsInAnotherOrder() {
    EdgeConfig edge = EdgeScene.everything(TuningScope.FULL);
    EdgeResult one = EdgeScene.run(EdgeScene.task(1, 1, edge), EdgeScene.inputs());
    EdgeResult other = EdgeScene.run(EdgeScene.task(1, 2, edge), EdgeScene.inputs());
    assertThat(one.theta().equals(other.theta())).isFalse();
  }

  @ParameterizedTest
  @EnumSource(TuningScope.class)
  void aStateReadFromItsBytesContinuesWithTheSameBits(TuningScope tuning) {
    EdgeConfig edge = EdgeScene.everything(tuning);
    EdgeInputs first = EdgeScene.inputs();
    EdgeResult result = EdgeScene.run(EdgeScene.task(1, edge), first);
    KeptState read = KeptState.fromBytes(result.state().toBytes());
    assertThat(read.equals(result.state())).isTrue();

    EdgeTask second = EdgeScene.task(2, edge);
    EdgeResult kept = EdgeScene.run(second, EdgeScene.after(first, result));
    EdgeResult resumed = EdgeScene.run(second, EdgeScene.after(first, result, read));
    assertThat(resumed.theta().equals(kept.theta())).as("θ").isTrue();
    assertThat(resumed.state().equals(kept.state())).as("state").isTrue();
    assertThat(resumed.state().toBytes()).isEqualTo(kept.state().toBytes());
    assertThat(resumed.metrics()).isEqualTo(kept.metrics());
  }

  @Test
  void theOptimizersMomentsGoOnInTheNextRound() {
    EdgeConfig edge = EdgeScene.everything(TuningScope.FULL);
    EdgeInputs first = EdgeScene.inputs();
    EdgeResult result = EdgeScene.run(EdgeScene.task(1, edge), first);
    float steps = result.state().group("adam").get("step").at(0);
    assertThat(steps).isGreaterThan(3); // SAML and rehearsal
    SortedMap<String, HostTensor> forgetful = new TreeMap<>(result.state().tensors());
    forgetful.replaceAll(
        (name, tensor) ->
            name.startsWith("adam/") ? RandomTensors.constant(tensor.shape(), 0) : tensor);
    KeptState state = result.state();
    KeptState forgotten = new KeptState(forgetful, state.rehearsal(), state.tokens(), state.seen());

    EdgeTask second = EdgeScene.task(2, edge);
    EdgeResult kept = EdgeScene.run(second, EdgeScene.after(first, result));
    EdgeResult anew = EdgeScene.run(second, EdgeScene.after(first, result, forgotten));
    assertThat(kept.state().group("adam").get("step").at(0)).isGreaterThan(2 * steps - 2);
    assertThat(anew.state().group("slm").equals(kept.state().group("slm"))).isFalse();
  }

  @Test
  void tokensAddUpOverRounds() {
    EdgeConfig edge =
        EdgeScene.edge(new DstConfig(2), EdgeScene.saml(2, 0.5, 0.5, 16), EdgeScene.NO_REHEARSAL);
    EdgeResult first = EdgeScene.run(EdgeScene.task(1, edge), EdgeScene.inputs());
    EdgeResult second =
        EdgeScene.run(EdgeScene.task(2, edge), EdgeScene.after(EdgeScene.inputs(), first));
    assertThat((double) first.state().tokens()).isPositive().isEqualTo(tokens(first));
    assertThat((double) second.state().tokens()).isEqualTo(tokens(first) + tokens(second));
  }

  @Test
  void tasksSideBySideGiveTheBitsOfTasksInSequence() throws Exception {
    EdgeConfig edge = EdgeScene.everything(TuningScope.FULL);
    EdgeInputs inputs = EdgeScene.inputs();
    EdgeInputs other =
        EdgeScene.inputs(
            EdgeScene.SLM_OF_ONE_VOCABULARY, EdgeScene.DPM, EdgeScene.PRIVATE.subList(2, 9));
    Callable<EdgeResult> one = () -> EdgeScene.run(EdgeScene.task(1, 1, edge), inputs);
    Callable<EdgeResult> two = () -> EdgeScene.run(EdgeScene.task(1, 2, edge), other);
    EdgeResult aloneOne = one.call();
    EdgeResult aloneTwo = two.call();
    ExecutorService executor = Executors.newFixedThreadPool(2);
    try {
      for (int attempt = 0; attempt < 3; attempt++) {
        List<Future<EdgeResult>> both = executor.invokeAll(List.of(one, two));
        assertSame(both.get(0).get(), aloneOne);
        assertSame(both.get(1).get(), aloneTwo);
      }
    } finally {
      executor.shutdownNow();
    }
  }

  private static void assertSame(EdgeResult result, EdgeResult alone) {
    assertThat(result.theta().equals(alone.theta())).as("θ").isTrue();
    assertThat(result.state().equals(alone.state())).as("state").isTrue();
    assertThat(result.metrics()).isEqualTo(alone.metrics());
  }

  private static double tokens(EdgeResult result) {
    return EdgeScene.metric(result.metrics(), "data", "slm-tokens").orElseThrow();
  }
}
