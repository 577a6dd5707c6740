package org.coplms.proxy.lm;

import java.util.Arrays;
import java.util.SplittableRandom;

/** One sequence of a batch that grows token by token, with a source of chance of its own. */
abstract class DecodingRow {
  private final int given;
  private final int limit;
  private final SplittableRandom random;
  private int[] ids;
  private int length;

  /**
   * A sequence that begins with {@code given}.
   *
   * @param limit most tokens that it may have
   */
  DecodingRow(int[] given, int limit, SplittableRandom random) {
    this.given = given.length;
    this.limit = limit;
    this.random = random;
    this.ids = given.clone();
    this.length = given.length;
  }

  /** Whether the next token is drawn, else it is the most probable one. */
  abstract boolean samples();

  /** Whether no token is needed any more. */
  abstract boolean isDone();

  /**
   * Takes the next token.
   *
   * @param logProb its log-probability in nats at temperature 1, if it is the most probable one
   */
  abstract void accept(int id, float logProb);

  final int givenLength() {
    return given;
  }

  final int length() {
    return length;
  }

  final int limit() {
    return limit;
  }

  final boolean isFull() {
    return length >= limit;
  }

  /** Token at a position; {@code filler} past the end. */
  final int id(int position, int filler) {
    return position < length ? ids[position] : filler;
  }

  final int[] ids(int from, int to) {
    return Arrays.copyOfRange(ids, from, to);
  }

  final void append(int id) {
    if (length == ids.length) {
      ids = Arrays.copyOf(ids, 2 * length);
    }
    ids[length++] = id;
  }

  /** A draw from (0, 1) that float32 holds exactly; both ends are left out. */
  final float uniform() {
    return (random.nextInt(1 << 23) + 0.5f) * 0x1p-23f;
  }
}
