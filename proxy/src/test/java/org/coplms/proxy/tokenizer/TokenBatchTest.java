package org.coplms.proxy.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import org.coplms.proxy.tensor.Torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TokenBatchTest {
  private static final int PAD = 0;

  // Prompt 1 5 6, response 7 8, EOS 2.
  private static final TokenizedExample WHOLE =
      new TokenizedExample("whole", new int[] {1, 5, 6, 7, 8, 2}, 3, new int[] {1, 2}, false);
  // Prompt 1 5, response 9 cut.
  private static final TokenizedExample CUT =
      new TokenizedExample("cut", new int[] {1, 5, 9}, 2, new int[] {1}, true);
  // The response holds the padding token's id, and EOS is it too.
  private static final TokenizedExample PADDING_ID =
      new TokenizedExample("pad", new int[] {1, 0, 0, 0}, 2, new int[] {1}, false);

  private NDManager manager;

  @BeforeEach
  void open() {
    Torch.beginTask(1);
    manager = Torch.newManager(Device.cpu());
  }

  @AfterEach
  void close() {
    manager.close();
  }

  @Test
  void rowsArePaddedOnTheRightAndLabelsAreTheNextIds() {
    TokenBatch batch = TokenBatch.of(List.of(WHOLE, CUT), PAD, true, manager);
    assertThat(batch.inputIds().getShape()).isEqualTo(new Shape(2, 5));
    assertThat(batch.inputIds().getDataType()).isEqualTo(DataType.INT64);
    assertThat(batch.inputIds().toLongArray()).containsExactly(1, 5, 6, 7, 8, 1, 5, 0, 0, 0);
    assertThat(batch.labels().getDataType()).isEqualTo(DataType.INT64);
    assertThat(batch.labels().toLongArray()).containsExactly(0, 0, 7, 8, 2, 0, 9, 0, 0, 0);
    assertThat(batch.mask().getDataType()).isEqualTo(DataType.FLOAT32);
    assertThat(batch.mask().toFloatArray()).containsExactly(0, 0, 1, 1, 1, 0, 1, 0, 0, 0);
    assertThat(batch.tokens()).isEqualTo(7);
    assertThat(batch.counted()).isEqualTo(4);
  }

  @Test
  void everyNextTokenCountsInFullText() {
    TokenBatch batch = TokenBatch.of(List.of(WHOLE, CUT), PAD, false, manager);
    assertThat(batch.labels().toLongArray()).containsExactly(5, 6, 7, 8, 2, 5, 9, 0, 0, 0);
    assertThat(batch.mask().toFloatArray()).containsExactly(1, 1, 1, 1, 1, 1, 1, 0, 0, 0);
    assertThat(batch.counted()).isEqualTo(batch.tokens()).isEqualTo(7);
  }

  @Test
  void paddingIsKnownByLengthNotById() {
    TokenBatch batch = TokenBatch.of(List.of(PADDING_ID, WHOLE), PAD, true, manager);
    assertThat(batch.mask().toFloatArray()).containsExactly(0, 1, 1, 0, 0, 0, 0, 1, 1, 1);
    assertThat(batch.tokens()).isEqualTo(3 + 5);
  }

  @Test
  void onlyTheThreeArraysStayOpen() {
    TokenBatch.of(List.of(WHOLE, CUT), PAD, true, manager);
    assertThat(manager.getManagedArrays()).hasSize(3);
  }

  @Test
  void emptyBatchIsRefused() {
    assertThatThrownBy(() -> TokenBatch.of(List.of(), PAD, true, manager))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
