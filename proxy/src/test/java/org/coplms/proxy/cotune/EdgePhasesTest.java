package org.coplms.proxy.cotune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.coplms.proxy.lm.LanguageModel;
import org.coplms.proxy.merge.ProxyUpdate;
import org.coplms.proxy.merge.ThetaSpec;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.tensor.Safetensors;
import org.coplms.proxy.train.Compute;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which tensors each phase of a device's round moves. */
class EdgePhasesTest {
  private static final Compute COMPUTE = Compute.oneCore();

  /** Checksums of every set of tensors of a device. */
  private record Checksums(
      String slmBase,
      String slmLora,
      String slmAdapter,
      String dpmBase,
      String theta,
      String dpmAdapter) {
    static Checksums of(EdgeModels models) {
      LanguageModel slm = models.slm().model();
      LanguageModel dpm = models.dpm();
      return new Checksums(
          checksum(slm.baseParameters()),
          checksum(slm.loraParameters()),
          checksum(slm.adapterParameters()),
          checksum(dpm.baseParameters()),
          checksum(dpm.loraParameters()),
          checksum(dpm.adapterParameters()));
    }

    private static String checksum(SortedMap<String, NDArray> parameters) {
      SortedMap<String, HostTensor> values = new TreeMap<>();
      parameters.forEach((name, array) -> values.put(name, HostTensor.copyOf(array)));
      return Safetensors.sha256(values);
    }
  }

  private record Change(Checksums before, Checksums after) {}

  @ParameterizedTest
  @EnumSource(TuningScope.class)
  void domainTuningMovesTheAdaptersAlone(TuningScope tuning) {
    Change change =
        change(EdgeScene.edge(tuning, new DstConfig(3), EdgeScene.NO_SAML, EdgeScene.NO_REHEARSAL));
    assertThat(change.after().slmAdapter()).isNotEqualTo(change.before().slmAdapter());
    assertThat(change.after().dpmAdapter()).isNotEqualTo(change.before().dpmAdapter());
    assertThat(change.after().slmBase()).isEqualTo(change.before().slmBase());
    assertThat(change.after().slmLora()).isEqualTo(change.before().slmLora());
    assertThat(change.after().dpmBase()).isEqualTo(change.before().dpmBase());
    assertThat(change.after().theta()).isEqualTo(change.before().theta());
  }

  @ParameterizedTest
  @EnumSource(TuningScope.class)
  void mutualLearningMovesTheTunedTensorsAndThetaAlone(TuningScope tuning) {
    Change change =
        change(
            EdgeScene.edge(
                tuning,
                EdgeScene.NO_DST,
                EdgeScene.saml(4, 0.5, 0.5, 16),
                EdgeScene.rehearsal(2, 40, 100)));
    boolean whole = tuning == TuningScope.FULL;
    assertThat(change.after().slmBase().equals(change.before().slmBase())).isEqualTo(!whole);
    assertThat(change.after().slmLora().equals(change.before().slmLora())).isEqualTo(whole);
    assertThat(change.after().theta()).isNotEqualTo(change.before().theta());
    assertThat(change.after().slmAdapter()).isEqualTo(change.before().slmAdapter());
    assertThat(change.after().dpmAdapter()).isEqualTo(change.before().dpmAdapter());
    assertThat(change.after().dpmBase()).isEqualTo(change.before().dpmBase());
  }

  @Test
  void rehearsalMovesTheSlmAlone() {
    Change change =
        change(
            EdgeScene.edge(EdgeScene.NO_DST, EdgeScene.NO_SAML, EdgeScene.rehearsal(3, 40, 100)));
    assertThat(change.after().slmBase()).isNotEqualTo(change.before().slmBase());
    assertThat(change.after().slmAdapter()).isEqualTo(change.before().slmAdapter());
    assertThat(change.after().theta()).isEqualTo(change.before().theta());
    assertThat(change.after().dpmAdapter()).isEqualTo(change.before().dpmAdapter());
    assertThat(change.after().dpmBase()).isEqualTo(change.before().dpmBase());
  }

  @Test
  void aRoundWithoutStepsMovesNothing() {
    Change change =
        change(EdgeScene.edge(EdgeScene.NO_DST, EdgeScene.NO_SAML, EdgeScene.NO_REHEARSAL));
    assertThat(change.after()).isEqualTo(change.before());
  }

  @Test
  void whatMayLeaveIsExactlyTheta() {
    EdgeInputs inputs = EdgeScene.inputs();
    EdgeResult result =
        EdgeScene.run(EdgeScene.task(1, EdgeScene.everything(TuningScope.FULL)), inputs);
    ThetaSpec allowed = ThetaSpec.of(inputs.theta());
    assertThat(result.theta().keySet())
        .isEqualTo(inputs.theta().keySet())
        .allMatch(name -> name.endsWith(".lora_A.weight") || name.endsWith(".lora_B.weight"));
    result
        .theta()
        .forEach(
            (name, tensor) ->
                assertThat(tensor.shape()).isEqualTo(inputs.theta().get(name).shape()));
    ProxyUpdate update =
        ProxyUpdate.of(1, EdgeScene.DEVICE, result.examples(), result.theta(), allowed);
    assertThat(update.numExamples()).isEqualTo(EdgeScene.PRIVATE.size());
    assertThat(update.bytes()).isEqualTo(allowed.bytes());
  }

  @Test
  void whatStaysHoldsNothingOfTheta() {
    EdgeInputs inputs = EdgeScene.inputs();
    KeptState state =
        EdgeScene.run(EdgeScene.task(1, EdgeScene.everything(TuningScope.FULL)), inputs).state();
    assertThat(state.tensors().keySet())
        .allMatch(name -> name.matches("(slm|slm-adapter|dpm-adapter|adam)/.+"));
    for (String group : List.of("slm", "slm-adapter", "dpm-adapter")) {
      assertThat(state.group(group).keySet())
          .isNotEmpty()
          .doesNotContainAnyElementsOf(inputs.theta().keySet());
    }
  }

  @Test
  void theRestOfADeviceCannotBecomeAnUpdate() {
    EdgeInputs inputs = EdgeScene.inputs();
    EdgeResult result =
        EdgeScene.run(EdgeScene.task(1, EdgeScene.everything(TuningScope.LORA)), inputs);
    ThetaSpec allowed = ThetaSpec.of(inputs.theta());
    for (String group : List.of("slm", "slm-adapter", "dpm-adapter", "adam")) {
      SortedMap<String, HostTensor> kept = result.state().group(group);
      assertThatThrownBy(() -> ProxyUpdate.of(1, EdgeScene.DEVICE, 10, kept, allowed))
          .as(group)
          .isInstanceOf(IllegalArgumentException.class);
      SortedMap<String, HostTensor> both = new TreeMap<>(result.theta());
      both.putAll(kept);
      assertThatThrownBy(() -> ProxyUpdate.of(1, EdgeScene.DEVICE, 10, both, allowed))
          .as("θ and " + group)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  private static Change change(EdgeConfig edge) {
    COMPUTE.begin();
    EdgeTask task = EdgeScene.task(1, edge);
    // The state of an earlier round, so that no adapter and no LoRA is at its start.
    EdgeResult earlier =
        EdgeScene.run(
            EdgeScene.task(1, EdgeScene.everything(edge.slm().tuning())), EdgeScene.inputs());
    EdgeInputs inputs = EdgeScene.after(EdgeScene.inputs(), earlier);
    try (EdgeModels models = EdgeModels.open(task, inputs, COMPUTE)) {
      Checksums before = Checksums.of(models);
      new EdgeLearner(task, models, inputs, COMPUTE).run(0);
      return new Change(before, Checksums.of(models));
    }
  }
}
