package org.coplms.proxy.mutual;

/**
 * The positions at which two tokenizations of one response can be compared, one of each for every
 * group of tokens, in order.
 *
 * @param positionsX for each group, the index into X's {@code ids} whose logits predict X's first
 *     token of the group
 * @param positionsY the same in Y
 * @param oneToOne number of groups of one token on each side, (EOS, EOS) included
 */
@SuppressWarnings("ArrayRecordComponent")
public record Alignment(int[] positionsX, int[] positionsY, int oneToOne) {
  /** Number of groups. */
  public int groups() {
    return positionsX.length;
  }
}
