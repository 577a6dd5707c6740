package org.coplms.proxy.cotune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
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
            Long.MAX_VALUE,
            new TreeSet<>(List.of(Long.MIN_VALUE, -1L, 0L, 7L, Long.MAX_VALUE)));
    assertThat(KeptState.fromBytes(state.toBytes())).isEqualTo(state);
    assertThat(KeptState.fromBytes(state.toBytes()).toBytes()).isEqualTo(state.toBytes());
    assertThat(KeptState.seenOf(state.toBytes())).isEqualTo(state.seen());
  }

  @Test
  void seenPromptsAreACopyInAscendingOrder() {
    TreeSet<Long> hashes = new TreeSet<>(List.of(3L, -5L));
    KeptState state = new KeptState(tensors("slm/a"), List.of(), 0, hashes);
    hashes.add(9L);
    assertThat(state.seen()).containsExactly(-5L, 3L);
    assertThatThrownBy(() -> state.seen().add(4L))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThat(new KeptState(tensors("slm/a"), List.of(), 0).seen()).isEmpty();
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
