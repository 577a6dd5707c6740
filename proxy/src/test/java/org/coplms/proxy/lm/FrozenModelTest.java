package org.coplms.proxy.lm;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.coplms.proxy.tensor.Bfloat16;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.tensor.Precision;
import org.coplms.proxy.tensor.RandomTensors;
import org.coplms.proxy.tensor.Torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Models whose base weights are frozen in bfloat16. */
class FrozenModelTest {
  private NDManager manager;

  @BeforeEach
  void open() {
    Torch.beginTask(1);
    manager = Torch.newManager(Torch.defaultDevice());
  }

  @AfterEach
  void close() {
    manager.close();
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void matricesAndTablesAreHeldInBfloat16AndVectorsInFloat32(Family family) {
    LanguageModel model = frozen(family);

    model
        .baseParameters()
        .forEach(
            (name, array) ->
                assertThat(Bfloat16.isTypeOf(array))
                    .as(name)
                    .isEqualTo(array.getShape().dimension() == 2));
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void logitsAreThoseOfFloat32UpToRounding(Family family) {
    NDArray ids = Models.ids(2, 9, manager);

    float[] full = Models.logits(Models.random(family, manager), ids);
    float[] frozen = Models.logits(frozen(family), ids);

    assertThat(frozen).isNotEqualTo(full);
    assertThat(frozen).usingComparatorWithPrecision(0.05f).containsExactly(full);
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void roundedWeightsInFloat32GiveTheLogitsUpToTheRoundingOfActivations(Family family) {
    NDArray ids = Models.ids(2, 9, manager);
    LanguageModel frozen = frozen(family);
    LanguageModel rounded = LanguageModel.of(Models.config(family), frozen.baseWeights(), manager);

    assertThat(Models.logits(frozen, ids))
        .usingComparatorWithPrecision(0.03f)
        .containsExactly(Models.logits(rounded, ids));
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void mergedWeightsAreTheRoundedBasePlusTheUpdateInFloat32(Family family) {
    LanguageModel frozen = frozen(family);
    LanguageModel rounded = LanguageModel.of(Models.config(family), frozen.baseWeights(), manager);
    for (LanguageModel model : new LanguageModel[] {frozen, rounded}) {
      model.attachLora(Models.ALL_LINEAR, 1);
      Models.scramble(model, model.loraParameters());
    }

    assertThat(frozen.mergedWeights())
        .isEqualTo(rounded.mergedWeights())
        .isNotEqualTo(frozen.baseWeights());
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void tokensAfterThoseInTheCacheAreScoredAsInOnePass(Family family) {
    LanguageModel model = frozen(family);
    NDArray ids = Models.ids(2, 7, manager);
    float[] whole = Torch.withoutRecording(() -> model.hidden(ids).toFloatArray());

    KvCache cache = new KvCache(model.config(), 2, 7, manager);
    NDArray last =
        Torch.withoutRecording(
            () -> {
              model.hidden(ids.get(":, :6"), cache);
              return model.hidden(ids.get(":, 6:"), cache);
            });

    float[] expected = new float[2 * model.config().hiddenSize()];
    int hidden = model.config().hiddenSize();
    System.arraycopy(whole, 6 * hidden, expected, 0, hidden);
    System.arraycopy(whole, 13 * hidden, expected, hidden, hidden);
    assertThat(last.toFloatArray()).usingComparatorWithPrecision(0.05f).containsExactly(expected);
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void valuesSetAreRounded(Family family) {
    LanguageModel model = frozen(family);
    SortedMap<String, HostTensor> values = new TreeMap<>(model.baseWeights());
    values.replaceAll((name, value) -> RandomTensors.constant(value.shape(), 1.003f));

    model.setParameters(values);

    model
        .baseWeights()
        .forEach(
            (name, value) ->
                assertThat(value.at(0)).as(name).isEqualTo(value.shape().length == 2 ? 1 : 1.003f));
  }

  private LanguageModel frozen(Family family) {
    Map<String, HostTensor> weights = Models.random(family, manager).baseWeights();
    return LanguageModel.of(Models.config(family), weights, Precision.BFLOAT16, manager);
  }
}
