package org.coplms.proxy.mutual;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.coplms.proxy.tensor.Float16;

/**
 * The logit cache's bytes, little-endian, position after position: K ids (2 bytes each when the
 * vocabulary has at most 65,536 tokens, else 4), K binary16 log-probabilities, the binary16 tail
 * log-mass and the binary16 log-probability of the label.
 *
 * <p>That is K·(w + 2) + 4 bytes for a position; |δ ln p| ≤ 2⁻¹¹ · |ln p| for 2⁻¹⁴ ≤ |ln p| ≤
 * 65504, and at most 2⁻²⁵ below.
 *
 * @param k tokens of each position
 * @param vocabSize tokens of the vocabulary that the ids belong to
 */
public record TopKCodec(int k, int vocabSize) {
  private static final int LARGEST_SHORT_VOCABULARY = 1 << Short.SIZE;

  public TopKCodec {
    if (k < 1 || vocabSize < k) {
      throw new IllegalArgumentException(
          "A top-K codec needs 1 <= k <= vocabulary, got k %d and vocabulary %d"
              .formatted(k, vocabSize));
    }
  }

  /** K·(w + 2) + 4. */
  public int bytesPerPosition() {
    return k * (idBytes() + Short.BYTES) + 2 * Short.BYTES;
  }

  /**
   * Encodes all rows.
   *
   * @param rows with {@link TopK#hasGold} unless empty
   */
  public byte[] encode(TopK rows) {
    if (rows.k() != k || (rows.positions() > 0 && !rows.hasGold())) {
      throw new IllegalArgumentException(
          "This codec takes top-%d rows with labels' log-probabilities, got top-%d %s"
              .formatted(k, rows.k(), rows.hasGold() ? "with" : "without"));
    }
    ByteBuffer bytes = buffer(ByteBuffer.allocate(rows.positions() * bytesPerPosition()));
    for (int row = 0; row < rows.positions(); row++) {
      for (int rank = 0; rank < k; rank++) {
        putId(bytes, rows.id(row, rank));
      }
      for (int rank = 0; rank < k; rank++) {
        bytes.putShort(Float16.fromFloat(rows.logProb(row, rank)));
      }
      bytes.putShort(Float16.fromFloat(rows.tailLogMass(row)));
      bytes.putShort(Float16.fromFloat(rows.goldLogProb(row)));
    }
    return bytes.array();
  }

  /**
   * Decodes what {@link #encode} wrote.
   *
   * @throws IllegalArgumentException when the number of bytes does not fit
   */
  public TopK decode(byte[] encoded) {
    if (encoded.length % bytesPerPosition() != 0) {
      throw new IllegalArgumentException(
          "Top-%d rows take %d bytes each, got %d bytes; the cache was written with another K or"
                  .formatted(k, bytesPerPosition(), encoded.length)
              + " vocabulary");
    }
    int positions = encoded.length / bytesPerPosition();
    ByteBuffer bytes = buffer(ByteBuffer.wrap(encoded));
    int[] ids = new int[positions * k];
    float[] logProbs = new float[positions * k];
    float[] tails = new float[positions];
    float[] gold = new float[positions];
    for (int row = 0; row < positions; row++) {
      for (int i = row * k; i < (row + 1) * k; i++) {
        ids[i] = id(bytes);
      }
      for (int i = row * k; i < (row + 1) * k; i++) {
        logProbs[i] = Float16.toFloat(bytes.getShort());
      }
      tails[row] = Float16.toFloat(bytes.getShort());
      gold[row] = Float16.toFloat(bytes.getShort());
    }
    return TopK.ofRows(k, ids, logProbs, tails, gold);
  }

  private int idBytes() {
    return vocabSize <= LARGEST_SHORT_VOCABULARY ? Short.BYTES : Integer.BYTES;
  }

  private void putId(ByteBuffer bytes, int id) {
    if (idBytes() == Short.BYTES) {
      bytes.putShort((short) id);
    } else {
      bytes.putInt(id);
    }
  }

  private int id(ByteBuffer bytes) {
    return idBytes() == Short.BYTES ? Short.toUnsignedInt(bytes.getShort()) : bytes.getInt();
  }

  private static ByteBuffer buffer(ByteBuffer bytes) {
    return bytes.order(ByteOrder.LITTLE_ENDIAN);
  }
}
