package org.coplms.udfs.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.coplms.udfs.model.MachineMemory;
import org.junit.jupiter.api.Test;

class MemoryCheckTest {
  private static final long GIB = 1L << 30;
  private final MemoryCheck machine = new MemoryCheck(3 * GIB, 8 * GIB);

  @Test
  void letsPassWhatFits() {
    assertThatCode(() -> machine.requireNative(5 * GIB, "training", "")).doesNotThrowAnyException();
    assertThatCode(() -> machine.requireOnHeap(3 * GIB, "training")).doesNotThrowAnyException();
  }

  @Test
  void saysWhatIsNeededAndWhatIsThere() {
    assertThatThrownBy(
            () -> machine.requireNative(6 * GIB, "pretraining the LLM", "lower pretrain.batch"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "pretraining the LLM needs 6.0 GiB of memory beside the Java heap, available are 5.0 GiB (machine 8.0 GiB, heap 3.0 GiB); lower pretrain.batch");
  }

  @Test
  void saysHowToGetALargerHeap() {
    assertThatThrownBy(() -> machine.requireOnHeap(4 * GIB, "merging"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("needs a Java heap of 4.0 GiB, it has 3.0 GiB")
        .hasMessageContaining("COPLMS_HEAP=4097m");
  }

  @Test
  void readsThisProcess() {
    MemoryCheck here = MemoryCheck.ofThisProcess();
    assertThat(here.maxHeapBytes()).isEqualTo(Runtime.getRuntime().maxMemory());
    long total = MachineMemory.totalBytesHere();
    assertThat(total).isGreaterThan(100L << 20);
    assertThat(here.nativeBytes()).isEqualTo(Math.max(0, total - here.maxHeapBytes()));
  }
}
