package org.coplms.proxy.baseline;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.coplms.proxy.cotune.Metrics;
import org.coplms.proxy.mutual.Alignment;
import org.coplms.proxy.mutual.MinEdAlignment;
import org.coplms.proxy.mutual.MinEdKl;
import org.coplms.proxy.mutual.MinEdVocabulary;
import org.coplms.proxy.mutual.TopKCodec;
import org.coplms.proxy.tensor.Scalars;
import org.coplms.proxy.tokenizer.LmTokenizer;
import org.coplms.proxy.tokenizer.TokenizedExample;
import org.coplms.proxy.train.BatchLogits;
import org.coplms.proxy.train.CrossEntropy;

/**
 * The teachers of a student's public texts, aligned to its tokens.
 *
 * <p>Loss over N positions = (1 − w) · CE + w · (T² · Σ_taught KL + Σ_others −ln q(label)) / N: a
 * position without a teacher, be it that the text has none or that its token has no partner, learns
 * its label. FedMKT falls back to a one-hot target in the same places.
 */
final class FedMktTargets {
  private final FedMktConfig config;
  private final Map<String, Target> targets = new HashMap<>();

  FedMktTargets(FedMktConfig config) {
    this.config = config;
  }

  /** How a teacher's rows are read. */
  private record Reader(MinEdVocabulary vocabulary, TopKCodec codec) {}

  /**
   * A text's teacher.
   *
   * @param positions indices into the student's ids, whose logits have a teacher
   * @param rows the teacher's, one for each position
   */
  @SuppressWarnings("ArrayRecordComponent")
  private record Target(Reader reader, int[] positions, byte[] rows) {}

  /** Gives a text its teacher. */
  void teach(MinEdAlignment.Side student, MinEdAlignment.Side teacher, FedMktKnowledge knowledge) {
    requireFit(teacher, knowledge);
    MinEdVocabulary vocabulary = MinEdVocabulary.between(teacher.tokenizer(), student.tokenizer());
    Alignment alignment = MinEdAlignment.align(student, teacher, vocabulary);
    int[] tokens = alignment.positionsY().clone();
    for (int i = 0; i < tokens.length; i++) {
      tokens[i] -= teacher.example().promptLength() - 1;
    }
    String id = student.example().key();
    targets.put(
        id,
        new Target(
            new Reader(vocabulary, knowledge.codec()),
            alignment.positionsX(),
            knowledge.rows(id, tokens)));
  }

  private static void requireFit(MinEdAlignment.Side teacher, FedMktKnowledge knowledge) {
    TokenizedExample text = teacher.example();
    int rows = knowledge.entries().get(text.key()).rows().length;
    LmTokenizer tokenizer = teacher.tokenizer();
    boolean fits =
        rows == text.responseLength() * knowledge.codec().bytesPerPosition()
            && tokenizer.vocabSize() <= knowledge.codec().vocabSize();
    if (!fits) {
      throw new IllegalArgumentException(
          "Knowledge of public text %s has %d bytes of rows, its response of %d tokens takes %d each; it was recorded with another tokenizer or length"
              .formatted(
                  text.key(), rows, text.responseLength(), knowledge.codec().bytesPerPosition()));
    }
  }

  /** Number of texts with a teacher. */
  int size() {
    return targets.size();
  }

  /** Share of the positions that have a teacher, over the texts with one. */
  double alignedShare(List<TokenizedExample> texts) {
    long taught = 0;
    long all = 0;
    for (TokenizedExample text : texts) {
      Target target = targets.get(text.key());
      taught += target == null ? 0 : target.positions().length;
      all += target == null ? 0 : text.responseLength();
    }
    return all == 0 ? 0 : (double) taught / all;
  }

  /**
   * The loss of one batch; {@code name} is the student's in the metrics.
   *
   * @param logits of the batch's responses
   * @return scalar, owned by {@code step}
   */
  NDArray loss(
      BatchLogits logits,
      List<TokenizedExample> batch,
      String name,
      Metrics metrics,
      NDManager step) {
    NDArray crossEntropy = logits.crossEntropy();
    metrics.observe("fedmkt", name + "-public-ce", crossEntropy.getFloat());
    NDArray loss = crossEntropy;
    double weight = config.distillWeight();
    if (weight == 0) {
      return loss;
    }
    double heated = weight * config.temperature() * config.temperature();
    double kl = 0;
    long taught = 0;
    for (Map.Entry<Reader, List<Integer>> teacher : byTeacher(batch).entrySet()) {
      Part part = new Part(logits, batch, teacher.getKey(), teacher.getValue(), step);
      kl += part.divergence.getFloat();
      taught += part.positions;
      loss = loss.sub(Scalars.times(part.labels, weight));
      loss = loss.add(Scalars.times(part.divergence, heated));
    }
    if (taught > 0) {
      double positions = (double) logits.labels().size();
      metrics.observe("fedmkt", name + "-target-kl", kl * positions / taught);
    }
    return loss;
  }

  /** The texts with a teacher, by the way its rows are read, in the order of the batch. */
  private Map<Reader, List<Integer>> byTeacher(List<TokenizedExample> batch) {
    Map<Reader, List<Integer>> teachers = new LinkedHashMap<>();
    for (int i = 0; i < batch.size(); i++) {
      Target target = targets.get(batch.get(i).key());
      if (target != null && target.positions().length > 0) {
        teachers.computeIfAbsent(target.reader(), r -> new ArrayList<>()).add(i);
      }
    }
    return teachers;
  }

  /** The positions of a batch whose teachers are read alike: CE and KL, as shares of the batch. */
  private final class Part {
    private final long positions;
    private final NDArray labels;
    private final NDArray divergence;

    Part(
        BatchLogits logits,
        List<TokenizedExample> batch,
        Reader reader,
        List<Integer> rows,
        NDManager step) {
      LongStream.Builder flat = LongStream.builder();
      LongStream.Builder next = LongStream.builder();
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      for (int row : rows) {
        TokenizedExample text = batch.get(row);
        Target target = targets.get(text.key());
        for (int position : target.positions()) {
          flat.add(logits.position(row, position));
          next.add(text.ids()[position + 1]);
        }
        bytes.writeBytes(target.rows());
      }
      long count = logits.labels().size();
      long[] wanted = flat.build().toArray();
      this.positions = wanted.length;
      NDArray taught = logits.at(wanted); // (P, V)
      this.labels = CrossEntropy.loss(taught, step.create(next.build().toArray()), count);
      this.divergence =
          MinEdKl.loss(
              taught,
              reader.codec().decode(bytes.toByteArray()),
              reader.vocabulary(),
              config.temperature(),
              count);
    }
  }
}
