package org.coplms.proxy.baseline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.coplms.proxy.tensor.HostTensor;
import org.junit.jupiter.api.Test;

class TensorMeanTest {
  @Test
  void tensorsAreWeightedByExamples() {
    SortedMap<String, HostTensor> mean =
        TensorMean.of(List.of(update(0, 1, 0, 8), update(1, 3, 4, 0)));
    assertThat(mean.get("w").toFloats()).containsExactly(3, 2);
    assertThat(mean.get("w").shape()).containsExactly(1, 2);
  }

  @Test
  void theOrderOfTheUpdatesChangesNoBit() {
    LocalUpdate a = update(0, 3, 0.1f, 1e-3f);
    LocalUpdate b = update(1, 5, 7.7f, 1e8f);
    LocalUpdate c = update(2, 11, -3.3f, -1e8f);
    assertThat(TensorMean.of(List.of(c, a, b))).isEqualTo(TensorMean.of(List.of(a, b, c)));
  }

  @Test
  void equalUpdatesAreTheirOwnMean() {
    LocalUpdate a = update(0, 3, 0.1f, 1e-3f);
    assertThat(TensorMean.of(List.of(a, update(1, 7, 0.1f, 1e-3f)))).isEqualTo(a.tensors());
  }

  @Test
  void whatDoesNotBelongTogetherIsRefusedByDeviceAndTensor() {
    LocalUpdate a = update(0, 1, 1, 2);
    assertThatThrownBy(() -> TensorMean.of(List.of(a, update(4, 1, Float.NaN, 2))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("edge device 4")
        .hasMessageContaining("'w' holds NaN at index 0");
    assertThatThrownBy(() -> TensorMean.of(List.of(a, named(4, "v", new long[] {1, 2}))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("it holds [v]");
    assertThatThrownBy(() -> TensorMean.of(List.of(a, named(4, "w", new long[] {2, 1}))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("shape [2, 1]");
    assertThatThrownBy(() -> TensorMean.of(List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at least one device needs data");
  }

  private static LocalUpdate update(int device, long examples, float... values) {
    SortedMap<String, HostTensor> tensors = new TreeMap<>();
    tensors.put("w", HostTensor.of(new long[] {1, 2}, values));
    return new LocalUpdate(1, device, 0, examples, tensors);
  }

  private static LocalUpdate named(int device, String name, long[] shape) {
    SortedMap<String, HostTensor> tensors = new TreeMap<>();
    tensors.put(name, HostTensor.of(shape, new float[2]));
    return new LocalUpdate(1, device, 0, 1, tensors);
  }
}
