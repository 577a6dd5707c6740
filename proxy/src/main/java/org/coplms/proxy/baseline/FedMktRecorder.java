package org.coplms.proxy.baseline;

import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.coplms.proxy.baseline.FedMktConfig.CrossEntropyUnit;
import org.coplms.proxy.lm.LanguageModel;
import org.coplms.proxy.mutual.TopK;
import org.coplms.proxy.mutual.TopKCodec;
import org.coplms.proxy.tensor.Torch;
import org.coplms.proxy.tokenizer.TokenizedExample;
import org.coplms.proxy.train.BatchLogits;
import org.coplms.proxy.train.CrossEntropy;
import org.coplms.proxy.train.LossScope;

/** Runs a model over public texts and keeps what it says about their responses. */
final class FedMktRecorder {
  private static final int BATCH = 64;

  private final LanguageModel model;
  private final FedMktConfig config;
  private final TopKCodec codec;

  /** {@code model} is read as it stands when texts are recorded, without dropout. */
  FedMktRecorder(LanguageModel model, FedMktConfig config) {
    int vocabSize = model.config().vocabSize();
    this.model = model;
    this.config = config;
    this.codec = new TopKCodec(Math.min(config.topK(), vocabSize), vocabSize);
  }

  /** All texts; arrays live in {@code owner} for a batch at most. */
  FedMktKnowledge record(List<TokenizedExample> texts, NDManager owner) {
    List<TokenizedExample> sorted = new ArrayList<>(texts);
    // Texts of like length share a batch, so that little is padded.
    sorted.sort(
        Comparator.comparingInt(TokenizedExample::length).thenComparing(TokenizedExample::key));
    SortedMap<String, FedMktKnowledge.Entry> entries = new TreeMap<>();
    for (int from = 0; from < sorted.size(); from += BATCH) {
      List<TokenizedExample> batch = sorted.subList(from, Math.min(sorted.size(), from + BATCH));
      Torch.withoutRecording(
          () -> {
            record(batch, owner, entries);
            return null;
          });
    }
    return new FedMktKnowledge(codec, config.temperature(), entries);
  }

  private void record(
      List<TokenizedExample> batch,
      NDManager owner,
      SortedMap<String, FedMktKnowledge.Entry> entries) {
    try (NDManager step = owner.newSubManager()) {
      BatchLogits logits = BatchLogits.of(model, batch, LossScope.RESPONSE, step);
      float[] likelihoods =
          CrossEntropy.logLikelihood(logits.logits(), logits.labels()).toFloatArray();
      byte[] rows =
          codec.encode(
              TopK.withGold(logits.logits(), logits.labels(), codec.k(), config.temperature()));
      int width = codec.bytesPerPosition();
      int from = 0;
      for (TokenizedExample text : batch) {
        int to = from + text.responseLength();
        entries.put(
            text.key(),
            new FedMktKnowledge.Entry(
                mean(Arrays.copyOfRange(likelihoods, from, to), text),
                Arrays.copyOfRange(rows, from * width, to * width)));
        from = to;
      }
    }
  }

  private float mean(float[] likelihoods, TokenizedExample text) {
    double sum = 0;
    for (float likelihood : likelihoods) {
      sum -= likelihood;
    }
    int[] ends = text.responseEnds();
    int bytes = ends.length == 0 ? 0 : ends[ends.length - 1];
    int units = config.compareBy() == CrossEntropyUnit.BYTE ? bytes : likelihoods.length;
    return (float) (sum / Math.max(1, units));
  }
}
