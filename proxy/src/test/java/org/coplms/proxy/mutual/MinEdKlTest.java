package org.coplms.proxy.mutual;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import org.coplms.proxy.tokenizer.LmTokenizer;
import org.coplms.proxy.tokenizer.TestTokenizers;
import org.coplms.proxy.train.Compute;
import org.junit.jupiter.api.Test;

class MinEdKlTest {
  private static final int POSITIONS = 4;

  /** d/dz of −Σ P ln softmax(z) is softmax(z) − P. */
  @Test
  void theGradientIsThatOfTheCrossEntropyToTheTeacher() {
    Compute.oneCore().begin();
    try (LmTokenizer bytes = TestTokenizers.byteLevel(259);
        NDManager manager = Compute.oneCore().newManager()) {
      int vocabulary = bytes.vocabSize();
      double[] own = RandomLogits.values(1, POSITIONS, vocabulary);
      NDArray other =
          RandomLogits.float64(RandomLogits.values(2, POSITIONS, vocabulary), POSITIONS, manager);
      TopK teacher = TopK.of(other, vocabulary, 1);
      double[] p = other.softmax(-1).toDoubleArray();
      NDArray student = RandomLogits.float64(own, POSITIONS, manager);
      double[] q = student.softmax(-1).toDoubleArray();
      double[] gradient =
          RandomLogits.gradient(
              student,
              logits ->
                  MinEdKl.loss(
                      logits, teacher, MinEdVocabulary.between(bytes, bytes), 1, POSITIONS));
      for (int i = 0; i < gradient.length; i++) {
        assertThat(gradient[i]).isCloseTo((q[i] - p[i]) / POSITIONS, within(1e-5));
      }
    }
  }
}
