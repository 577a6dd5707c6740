package org.coplms.proxy.mutual;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import org.coplms.proxy.tensor.Scalars;

/**
 * Divergence between two models with one vocabulary, over all of it, in nats per position.
 *
 * <p>p = softmax(teacherLogits / T), q = softmax(studentLogits / T). The factor T² that keeps the
 * gradient's size independent of T is the objective's to apply, not part of these values. No
 * gradient reaches the teacher.
 */
public final class DenseKl {
  /** Which divergence. */
  public enum Direction {
    /** Σ p (ln p − ln q) (Hinton et al. 2015). */
    FORWARD,
    /** Σ q (ln q − ln p) (MiniLLM, Gu et al. 2024). */
    REVERSE,
    /** Σ p (ln p − ln(0.1 p + 0.9 q)) (DistiLLM, Ko et al. 2024). */
    SKEW
  }

  private static final double SKEW_ALPHA = 0.1;

  /** Keeps ln(0.1 p + 0.9 q) finite where both underflow; p is 0 there. */
  private static final double SMALLEST_MIXTURE = 1e-30;

  private DenseKl() {}

  /**
   * Mean divergence over the positions.
   *
   * @param studentLogits (P, V) before temperature; P = 0 gives 0 with gradient 0
   * @param teacherLogits (P, V) before temperature
   * @return scalar, owned by the manager of {@code studentLogits}
   */
  public static NDArray loss(
      NDArray studentLogits, NDArray teacherLogits, double temperature, Direction direction) {
    long positions = studentLogits.getShape().get(0);
    return loss(studentLogits, teacherLogits, temperature, direction, positions);
  }

  /**
   * Sum over these positions divided by {@code count}: the share of one part of a batch of {@code
   * count} positions, so that losses and gradients of the parts add up to the whole's.
   */
  public static NDArray loss(
      NDArray studentLogits,
      NDArray teacherLogits,
      double temperature,
      Direction direction,
      long count) {
    checkShapes(studentLogits.getShape(), teacherLogits.getShape());
    if (studentLogits.getShape().get(0) == 0) {
      return studentLogits.sum();
    }
    NDArray logQ = Temperature.logSoftmax(studentLogits, temperature); // (P, V)
    NDArray logP = Temperature.logSoftmax(teacherLogits.stopGradient(), temperature); // (P, V)
    NDArray terms =
        switch (direction) {
          case FORWARD -> logP.exp().mul(logP.sub(logQ));
          case REVERSE -> logQ.exp().mul(logQ.sub(logP));
          case SKEW -> skew(logP.exp(), logP, logQ.exp());
        }; // (P, V)
    return Scalars.times(terms.sum(), 1.0 / count);
  }

  private static NDArray skew(NDArray p, NDArray logP, NDArray q) {
    NDArray mixture = Scalars.times(p, SKEW_ALPHA).add(Scalars.times(q, 1 - SKEW_ALPHA));
    return p.mul(logP.sub(Scalars.atLeast(mixture, SMALLEST_MIXTURE).log()));
  }

  private static void checkShapes(Shape student, Shape teacher) {
    if (student.dimension() != 2 || !student.equals(teacher)) {
      throw new IllegalArgumentException(
          "Dense KL needs two (positions, vocabulary) arrays of one shape, got student %s and"
                  .formatted(student)
              + " teacher %s; models with different vocabularies compare pooled"
                  .formatted(teacher));
    }
  }
}
