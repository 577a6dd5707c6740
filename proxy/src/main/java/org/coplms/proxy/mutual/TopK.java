package org.coplms.proxy.mutual;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.util.Arrays;
import org.coplms.proxy.tensor.Torch;
import org.coplms.proxy.train.TrainingDivergedException;

/**
 * The K most probable tokens of each position, on the Java heap: what one model shows another.
 *
 * <p>Log-probabilities are exact over the full vocabulary at a temperature. Each row is sorted by
 * log-probability descending, then by id; among tokens tied at the K-th place the lowest ids are
 * taken. No gradient flows through it.
 */
public final class TopK {
  /** The least probability that a pooled remainder counts with. */
  static final double SMALLEST_REMAINDER = 1e-6;

  private final int k;
  private final int[] ids;
  private final float[] logProbs;
  private final float[] tailLogMasses;
  private final float[] goldLogProbs;

  private TopK(int k, int[] ids, float[] logProbs, float[] tailLogMasses, float[] goldLogProbs) {
    this.k = k;
    this.ids = ids;
    this.logProbs = logProbs;
    this.tailLogMasses = tailLogMasses;
    this.goldLogProbs = goldLogProbs;
  }

  /**
   * Takes the most probable tokens.
   *
   * @param logits (P, V) before temperature
   * @param k number of tokens wanted; V of them when k exceeds V
   * @throws TrainingDivergedException when a row's logits are NaN
   */
  public static TopK of(NDArray logits, int k, double temperature) {
    return Torch.withoutRecording(() -> compute(logits, null, k, temperature));
  }

  /**
   * Takes the most probable tokens, and the log-probability of each position's label.
   *
   * @param logits (P, V) before temperature
   * @param labels (P) int64
   */
  public static TopK withGold(NDArray logits, NDArray labels, int k, double temperature) {
    return Torch.withoutRecording(() -> compute(logits, labels, k, temperature));
  }

  /**
   * Rows that were computed before.
   *
   * @param ids (P · K) row by row
   * @param logProbs (P · K) row by row
   * @param tailLogMasses (P)
   * @param goldLogProbs (P)
   */
  static TopK ofRows(
      int k, int[] ids, float[] logProbs, float[] tailLogMasses, float[] goldLogProbs) {
    return new TopK(k, ids.clone(), logProbs.clone(), tailLogMasses.clone(), goldLogProbs.clone());
  }

  /** P, the number of rows. */
  public int positions() {
    return ids.length / k;
  }

  /** K, the number of tokens in each row. */
  public int k() {
    return k;
  }

  /** The id of the token at {@code rank} (0 = most probable) of a row. */
  public int id(int row, int rank) {
    return ids[row * k + rank];
  }

  /** Its natural log-probability. */
  public float logProb(int row, int rank) {
    return logProbs[row * k + rank];
  }

  /** ln(1 − Σ p) over the row's K tokens, the sum's remainder being at least 1e-6. */
  public float tailLogMass(int row) {
    return tailLogMasses[row];
  }

  private static float[] tailLogMasses(int k, float[] logProbs) {
    float[] tails = new float[logProbs.length / k];
    for (int row = 0; row < tails.length; row++) {
      double sum = 0;
      for (int i = row * k; i < (row + 1) * k; i++) {
        sum += Math.exp(logProbs[i]);
      }
      tails[row] = (float) Math.log(Math.max(1 - sum, SMALLEST_REMAINDER));
    }
    return tails;
  }

  /** Whether {@link #goldLogProb} is known. */
  public boolean hasGold() {
    return goldLogProbs.length > 0;
  }

  /** The log-probability of the row's label, at the same temperature. */
  public float goldLogProb(int row) {
    return goldLogProbs[row];
  }

  private static TopK compute(NDArray logits, NDArray labels, int k, double temperature) {
    if (logits.getShape().dimension() != 2 || k < 1) {
      throw new IllegalArgumentException(
          "Top-K needs (positions, vocabulary) logits and k >= 1, got %s and %d"
              .formatted(logits.getShape(), k));
    }
    int vocabulary = Math.toIntExact(logits.getShape().get(1));
    int kept = Math.min(k, vocabulary);
    if (logits.getShape().get(0) == 0) {
      return new TopK(kept, new int[0], new float[0], new float[0], new float[0]);
    }
    try (NDManager step = logits.getManager().newSubManager()) {
      NDArray own = logits.stopGradient();
      own.attach(step);
      NDArray logP =
          Temperature.logSoftmax(own, temperature).toType(DataType.FLOAT32, false); // (P, V)
      float[] gold = labels == null ? new float[0] : gather(logP, labels, step);
      // One more than wanted shows whether the last place is tied.
      NDList top = logP.topK(Math.min(kept + 1, vocabulary), 1, true, true);
      Candidates candidates = new Candidates(top.get(0), top.get(1));
      return candidates.select(kept, logP, gold);
    }
  }

  private static float[] gather(NDArray logP, NDArray labels, NDManager step) {
    NDArray column = labels.expandDims(1);
    column.attach(step);
    return logP.gather(column, 1).toFloatArray();
  }

  /** Torch's top K+1 of every row; the order among equal values is torch's own and not kept. */
  private static final class Candidates {
    private final int width;
    private final float[] values;
    private final long[] indices;

    Candidates(NDArray values, NDArray indices) {
      this.width = Math.toIntExact(values.getShape().get(1));
      this.values = values.toFloatArray();
      this.indices = indices.toLongArray();
    }

    TopK select(int k, NDArray logP, float[] gold) {
      int rows = values.length / width;
      int[] ids = new int[rows * k];
      float[] logProbs = new float[rows * k];
      for (int row = 0; row < rows; row++) {
        checkNumber(row);
        if (width > k && at(row, k - 1) == at(row, k)) {
          resolveTie(row, k, logP);
        }
        copyRow(row, k, ids, logProbs);
      }
      return new TopK(k, ids, logProbs, tailLogMasses(k, logProbs), gold);
    }

    private float at(int row, int rank) {
      return values[row * width + rank];
    }

    private void checkNumber(int row) {
      if (Float.isNaN(at(row, 0))) {
        throw new TrainingDivergedException(
            "Logits of position %d are not numbers: the model that gave them holds weights that are not"
                .formatted(row));
      }
    }

    /** Fills the places of the value at rank k − 1 with the lowest ids that have it. */
    private void resolveTie(int row, int k, NDArray logP) {
      float tied = at(row, k - 1);
      int place = 0;
      while (at(row, place) > tied) {
        place++;
      }
      try (NDArray wholeRow = logP.get(row)) {
        float[] all = wholeRow.toFloatArray();
        for (int id = 0; place < k; id++) {
          if (all[id] == tied) {
            indices[row * width + place++] = id;
          }
        }
      }
    }

    /** Copies one row, equal values in the order of their ids. */
    private void copyRow(int row, int k, int[] ids, float[] logProbs) {
      int from = row * k;
      for (int rank = 0; rank < k; rank++) {
        ids[from + rank] = Math.toIntExact(indices[row * width + rank]);
        logProbs[from + rank] = at(row, rank);
      }
      int start = 0;
      for (int rank = 1; rank <= k; rank++) {
        if (rank == k || logProbs[from + rank] != logProbs[from + start]) {
          Arrays.sort(ids, from + start, from + rank);
          start = rank;
        }
      }
    }
  }
}
