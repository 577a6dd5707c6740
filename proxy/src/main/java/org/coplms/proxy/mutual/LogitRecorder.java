package org.coplms.proxy.mutual;

import ai.djl.ndarray.NDManager;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.coplms.proxy.lm.LanguageModel;
import org.coplms.proxy.tokenizer.TokenizedExample;
import org.coplms.proxy.train.BatchLogits;
import org.coplms.proxy.train.LossScope;

/** Runs a model over texts and keeps the top-K log-probabilities of their counted positions. */
public final class LogitRecorder {
  private final LanguageModel model;
  private final LossScope scope;
  private final TopKCodec codec;
  private final double temperature;

  public LogitRecorder(LanguageModel model, LossScope scope, int topK, double temperature) {
    this.model = model;
    this.scope = scope;
    this.codec =
        new TopKCodec(Math.min(topK, model.config().vocabSize()), model.config().vocabSize());
    this.temperature = temperature;
  }

  /** The encoded rows of each text by its key. */
  public Map<String, byte[]> record(List<TokenizedExample> batch, NDManager owner) {
    Map<String, byte[]> rows = new HashMap<>();
    try (NDManager step = owner.newSubManager()) {
      BatchLogits logits = BatchLogits.of(model, batch, scope, step);
      TopK topK = TopK.withGold(logits.logits(), logits.labels(), codec.k(), temperature);
      byte[] encoded = codec.encode(topK);
      int from = 0;
      for (TokenizedExample example : batch) {
        int length = BatchLogits.countedPositions(example, scope) * codec.bytesPerPosition();
        rows.put(example.key(), java.util.Arrays.copyOfRange(encoded, from, from + length));
        from += length;
      }
    }
    return rows;
  }

  /** The rows of all texts, computed batch by batch. */
  public PeerLogits recordAll(
      Collection<TokenizedExample> examples, int batchSize, NDManager owner) {
    Map<String, byte[]> rows = new HashMap<>();
    List<TokenizedExample> all = List.copyOf(examples);
    for (int from = 0; from < all.size(); from += batchSize) {
      rows.putAll(record(all.subList(from, Math.min(all.size(), from + batchSize)), owner));
    }
    return new PeerLogits(codec, temperature, rows);
  }

  public TopKCodec codec() {
    return codec;
  }
}
