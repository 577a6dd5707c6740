package org.coplms.proxy.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.io.ByteArrayOutputStream;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class StoredWeightsTest {
  private static final int PAST_ONE_PIECE = 40_000;

  private final HostTensor random =
      RandomTensors.normal(new long[] {4, PAST_ONE_PIECE / 4}, 3, new SplittableRandom(5));

  @Test
  void eachTensorIsWrittenInItsTypeAndReadBackAsRounded() {
    Weights stored =
        Weights.of(Map.of("F32", random, "F16", random, "BF16", random)).stored(ValueType::valueOf);
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    Safetensors.write(stored, Map.of(), file);

    assertThat(Safetensors.fromBytes(file.toByteArray())).isEqualTo(stored.toHost());
    assertThat(stored.byteSize()).isEqualTo((4L + 2 + 2) * PAST_ONE_PIECE);
    assertThat(stored.host("F32")).isEqualTo(random);
    assertThat(stored.host("F16")).isNotEqualTo(random).isNotEqualTo(stored.host("BF16"));
    assertThat(stored.select(new TreeMap<>(Map.of("other", "F16"))).host("other"))
        .isEqualTo(stored.host("F16"));
  }

  @Test
  void bfloat16IsRoundedAsTorchDoes() {
    float[] hard = random.toFloats();
    for (int i = 0; i < hard.length; i += 2) {
      hard[i] =
          Float.intBitsToFloat((Float.floatToIntBits(hard[i]) & 0xFFFF0000) | 0x8000); // a tie
    }
    hard[2] = Float.NEGATIVE_INFINITY;
    HostTensor ties = HostTensor.of(random.shape(), hard);
    Torch.beginTask(1);
    try (NDManager manager = Torch.newManager(Torch.defaultDevice());
        NDArray torch = Bfloat16.of(ties, manager)) {
      assertThat(Weights.of(Map.of("w", ties)).stored(name -> ValueType.BF16).host("w"))
          .isEqualTo(HostTensor.copyOf(torch));
    }
  }

  @Test
  void whatIsNoNumberStaysNone() {
    HostTensor none = HostTensor.of(new long[] {1}, new float[] {Float.intBitsToFloat(0x7F80FFFF)});
    for (ValueType type : ValueType.values()) {
      assertThat(Weights.of(Map.of("w", none)).stored(name -> type).host("w").at(0)).isNaN();
    }
  }

  @Test
  void aValueThatTheTypeDoesNotReachIsRefused() {
    Weights large = Weights.of(Map.of("w", HostTensor.of(new long[] {2}, new float[] {1, 7e4f})));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> large.stored(name -> ValueType.F16).host("w"))
        .withMessageContainingAll("Tensor w", "70000.0", "float16", "bfloat16 or float32");
    assertThat(large.stored(name -> ValueType.BF16).host("w").at(1)).isEqualTo(70144f);
  }
}
