package org.coplms.proxy.cotune;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.tensor.Safetensors;
import org.junit.jupiter.api.Test;

class KeptStateTest {
  private static final HostTensor TENSOR = HostTensor.of(new long[] {2}, new float[] {1, -0f});

  @Test
  void bytesGiveTheSameStateBack() {
    KeptState state =
        new KeptState(
            tensors("slm/a", "slm-adapter/a", "adam/step"),
            List.of(
                new RehearsalPair("7 in \"swedish\"?", "sju\n"),
                new RehearsalPair("åtta 😀", "\\u0000\u0000")),
            Long.MAX_VALUE);
    assertThat(KeptState.fromBytes(state.toBytes())).isEqualTo(state);
    assertThat(KeptState.fromBytes(state.toBytes()).toBytes()).isEqualTo(state.toBytes());
  }

  @Test
  void aFileWithoutPairsAndCounterIsAStateWithoutThem() {
    byte[] bytes = Safetensors.toBytes(tensors("slm/a"), new TreeMap<>());
    assertThat(KeptState.fromBytes(bytes)).isEqualTo(new KeptState(tensors("slm/a"), List.of(), 0));
  }

  @Test
  void aGroupHoldsItsOwnTensorsWithoutThePrefix() {
    KeptState state =
        new KeptState(
            tensors("adam/m.a", "slm-adapter/b", "slm/c", "slm/d/e", "slmx/f"), List.of(), 0);
    assertThat(state.group("slm").keySet()).containsExactly("c", "d/e");
    assertThat(state.group("slm-adapter").keySet()).containsExactly("b");
    assertThat(state.group("dpm-adapter")).isEmpty();
  }

  private static SortedMap<String, HostTensor> tensors(String... names) {
    SortedMap<String, HostTensor> tensors = new TreeMap<>();
    for (String name : names) {
      tensors.put(name, TENSOR);
    }
    return tensors;
  }
}
