package org.coplms.proxy.mutual;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.Map;
import org.coplms.proxy.lm.Family;
import org.coplms.proxy.lm.LanguageModel;
import org.coplms.proxy.tensor.Torch;
import org.coplms.proxy.tokenizer.LmTokenizer;
import org.coplms.proxy.tokenizer.TokenizedExample;
import org.coplms.proxy.train.BatchLogits;
import org.coplms.proxy.train.LossScope;
import org.coplms.proxy.train.TinyTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LogitRecorderTest {
  private static final LmTokenizer TOKENIZER = TinyTask.tokenizer(287);
  private static final List<TokenizedExample> TEXTS =
      TinyTask.tokenized(TinyTask.examples(), TOKENIZER);
  private static final double TEMPERATURE = 2;

  private NDManager manager;
  private LanguageModel model;

  @BeforeEach
  void open() {
    Torch.beginTask(1);
    manager = Torch.newManager(Torch.defaultDevice());
    model = TinyTask.random(Family.LLAMA, 16, 1, TOKENIZER, 4).instantiate(manager);
  }

  @AfterEach
  void close() {
    manager.close();
  }

  @Test
  void rowsOfABatchInAnyOrderAreThoseOfItsForwardPass() {
    for (LossScope scope : LossScope.values()) {
      LogitRecorder recorder = new LogitRecorder(model, scope, 8, TEMPERATURE);
      PeerLogits recorded = recorder.recordAll(TEXTS, 7, manager);
      List<TokenizedExample> batch = List.of(TEXTS.get(20), TEXTS.get(3), TEXTS.get(11));
      BatchLogits logits = BatchLogits.of(model, batch, scope, manager);
      TopK direct = TopK.withGold(logits.logits(), logits.labels(), 8, TEMPERATURE);
      TopK cached = recorded.of(keys(batch));

      assertThat(cached.positions()).isEqualTo(direct.positions());
      for (int row = 0; row < direct.positions(); row++) {
        assertThat(cached.goldLogProb(row)).isCloseTo(direct.goldLogProb(row), within(0.01f));
        for (int rank = 0; rank < direct.k(); rank++) {
          assertThat(cached.logProb(row, rank)).isCloseTo(direct.logProb(row, rank), within(0.01f));
        }
        assertThat(cached.id(row, 0)).isEqualTo(direct.id(row, 0));
      }
    }
  }

  @Test
  void aModelComparedWithItsOwnFullRowsHasNoDivergence() {
    LanguageModel other = TinyTask.random(Family.LLAMA, 16, 1, TOKENIZER, 5).instantiate(manager);
    // A cached log-probability is off by 2⁻¹¹ of itself at most, and ln V = 5.7.
    assertThat(klAgainstRecordedModel(model)).isCloseTo(0, within(1e-3f));
    assertThat(klAgainstRecordedModel(other)).isGreaterThan(1e-2f);
  }

  private float klAgainstRecordedModel(LanguageModel own) {
    LogitRecorder recorder = new LogitRecorder(model, LossScope.RESPONSE, Integer.MAX_VALUE, 1);
    PeerLogits recorded = recorder.recordAll(TEXTS, 7, manager);
    assertThat(recorder.codec().k()).isEqualTo(TOKENIZER.vocabSize());
    List<TokenizedExample> batch = TEXTS.subList(5, 12);
    BatchLogits logits = BatchLogits.of(own, batch, LossScope.RESPONSE, manager);
    VocabularyMap identity = VocabularyMap.identity(TOKENIZER.vocabSize());
    return PooledKl.loss(logits.logits(), recorded.of(keys(batch)), identity, 1).getFloat();
  }

  @Test
  void recordedBytesDoNotDependOnGradientMode() {
    LogitRecorder recorder = new LogitRecorder(model, LossScope.TEXT, 8, TEMPERATURE);
    Map<String, byte[]> frozen = recorder.record(TEXTS, manager);
    Map<String, byte[]> recorded = Torch.recording(() -> recorder.record(TEXTS, manager));
    frozen.forEach((key, rows) -> assertThat(recorded.get(key)).as(key).isEqualTo(rows));
  }

  @Test
  void everyCountedPositionHasARow() {
    LogitRecorder recorder = new LogitRecorder(model, LossScope.TEXT, 8, TEMPERATURE);
    Map<String, byte[]> rows = recorder.record(TEXTS, manager);
    assertThat(rows).hasSize(TEXTS.size());
    for (TokenizedExample text : TEXTS) {
      assertThat(rows.get(text.key()))
          .hasSize((text.length() - 1) * recorder.codec().bytesPerPosition());
    }
  }

  @Test
  void nothingStaysOpen() {
    LogitRecorder recorder = new LogitRecorder(model, LossScope.TEXT, 8, TEMPERATURE);
    recorder.recordAll(TEXTS, 4, manager); // the model keeps its table of positions
    int before = manager.getManagedArrays().size();
    recorder.recordAll(TEXTS, 4, manager);
    assertThat(manager.getManagedArrays().size()).isEqualTo(before);
  }

  @Test
  void aTextThatWasNotRecordedIsNamed() {
    PeerLogits recorded =
        new LogitRecorder(model, LossScope.TEXT, 8, TEMPERATURE)
            .recordAll(TEXTS.subList(0, 2), 4, manager);
    assertThatThrownBy(() -> recorded.of(List.of("unknown-7")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("unknown-7");
  }

  private static List<String> keys(List<TokenizedExample> batch) {
    return batch.stream().map(TokenizedExample::key).toList();
  }
}
