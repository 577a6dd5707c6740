package org.coplms.udfs.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.coplms.proxy.cotune.TuningScope;
import org.coplms.proxy.lm.Family;
import org.coplms.proxy.lm.LmConfig;
import org.coplms.proxy.tensor.Precision;
import org.coplms.udfs.model.MachineMemory;
import org.junit.jupiter.api.Test;

class FootprintTest {
  private static final long GIB = 1L << 30;
  private static final long PARAMETERS = 1_000_000_000;
  private static final LmConfig CONFIG = LmConfig.of(Family.LLAMA, 32_000, 2_048, 20, 16, 2_048);

  private final Footprint mapped = new Footprint(CONFIG, PARAMETERS, Precision.FLOAT32, true);
  private final Footprint copied = new Footprint(CONFIG, PARAMETERS, Precision.FLOAT32, false);
  private final Footprint narrow = new Footprint(CONFIG, PARAMETERS, Precision.BFLOAT16, false);

  @Test
  void frozenPagesCountOnceForAMachineAndCopiesOnceForATask() {
    assertThat(mapped.shared(TuningScope.LORA)).isEqualTo(4 * PARAMETERS);
    assertThat(mapped.weights(TuningScope.LORA, 0)).isZero();
    assertThat(copied.shared(TuningScope.LORA)).isZero();
    assertThat(copied.weights(TuningScope.LORA, 0)).isEqualTo(4 * PARAMETERS);
    assertThat(narrow.weights(TuningScope.LORA, 0)).isEqualTo(2 * PARAMETERS);
  }

  @Test
  void aWholeTunedModelHasGradientsAndMomentsWhateverItsFile() {
    assertThat(mapped.shared(TuningScope.FULL)).isZero();
    assertThat(mapped.weights(TuningScope.FULL, 8)).isEqualTo(16 * PARAMETERS);
  }

  @Test
  void aLoraGrowsWithItsRankAlone() {
    long eight = mapped.weights(TuningScope.LORA, 8);
    // Each of 20 layers: four projections of 2048 × 2048 and three of 2048 × 5464.
    assertThat(eight).isEqualTo(16L * 8 * 20 * (4 * 2 * 2_048 + 3 * (2_048 + 5_464)));
    assertThat(mapped.weights(TuningScope.LORA, 16)).isEqualTo(2 * eight);
  }

  @Test
  void longerTextsNeedMoreThanInProportion() {
    assertThat(mapped.activations(8, 2_000)).isGreaterThan(2 * mapped.activations(8, 1_000));
    assertThat(mapped.activations(16, 1_000)).isEqualTo(2 * mapped.activations(8, 1_000));
    // Keys and values alone: 20 layers · 2 · 2048 floats for each token.
    assertThat(mapped.generation(4, 1_000)).isGreaterThan(4L * 4 * 1_000 * 20 * 2 * 2_048);
  }

  @Test
  void aStageThatDoesNotFitIsRefusedWithWhatLowersIt() {
    Need need = new Need("The work", 2 * GIB, 3 * GIB, 2, GIB, "lower cotune.edge.batch-size");

    assertThatCode(() -> need.require(new MemoryCheck(2 * GIB, 10 * GIB)))
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> need.require(new MemoryCheck(2 * GIB, 9 * GIB)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "The work with 2 tasks at once needs 8.0 GiB of memory beside the Java heap, available are 7.0 GiB (machine 9.0 GiB, heap 2.0 GiB); lower cotune.edge.batch-size");
    assertThatThrownBy(() -> need.require(new MemoryCheck(GIB / 2, 90 * GIB)))
        .hasMessageContaining("The work needs a Java heap of 1.0 GiB, it has 512 MiB");
  }

  @Test
  void aGpuIsAskedForItsOwnMemory() {
    Need need = new Need("The work", 0, 3 * GIB, 1, 0, "set dtype = bfloat16");
    MachineMemory gpu = new MachineMemory(GIB, 64 * GIB, "gpu(1)", 2 * GIB, 8);

    assertThatThrownBy(() -> need.require(MemoryCheck.of(gpu)))
        .hasMessage(
            "The work needs 3.0 GiB of memory beside the Java heap, available are 2.0 GiB (free on gpu(1)); set dtype = bfloat16");
  }
}
