package org.coplms.proxy.mutual;

import java.util.Arrays;
import org.coplms.proxy.tokenizer.TokenizedExample;

/**
 * Aligns two tokenizations of one response by bytes, in O(n + m).
 *
 * <p>Wherever a token of X and a token of Y end at the same byte, the tokens since the last such
 * place form a group on each side. The logits that predict the <em>first</em> token of each group
 * are comparable: both contexts then end at the same byte.
 */
public final class ByteAlignment {
  private final TokenizedExample x;
  private final TokenizedExample y;
  private final int[] positionsX;
  private final int[] positionsY;
  private int groups;
  private int oneToOne;

  private ByteAlignment(TokenizedExample x, TokenizedExample y) {
    int most = 1 + Math.min(x.responseEnds().length, y.responseEnds().length);
    this.x = x;
    this.y = y;
    this.positionsX = new int[most];
    this.positionsY = new int[most];
  }

  /**
   * The comparable positions of two examples with the same response.
   *
   * <p>If neither is truncated the last group is (EOS, EOS); else groups end at the largest common
   * boundary that both hold.
   *
   * @throws IllegalArgumentException when the responses differ in length
   */
  public static Alignment align(TokenizedExample x, TokenizedExample y) {
    checkSameResponse(x, y);
    ByteAlignment alignment = new ByteAlignment(x, y);
    alignment.scan();
    return alignment.result();
  }

  private static void checkSameResponse(TokenizedExample x, TokenizedExample y) {
    int bytesX = byteLength(x);
    int bytesY = byteLength(y);
    boolean differ = (!x.truncated() && bytesX < bytesY) || (!y.truncated() && bytesY < bytesX);
    if (differ) {
      throw new IllegalArgumentException(
          "Examples %s and %s have different responses, of %d and %d bytes; align two tokenizations of one response"
              .formatted(x.key(), y.key(), bytesX, bytesY));
    }
  }

  private static int byteLength(TokenizedExample example) {
    int[] ends = example.responseEnds();
    return ends.length == 0 ? 0 : ends[ends.length - 1];
  }

  private void scan() {
    int[] endsX = x.responseEnds();
    int[] endsY = y.responseEnds();
    int i = firstWithBytes(endsX);
    int j = firstWithBytes(endsY);
    int firstX = i;
    int firstY = j;
    while (i < endsX.length && j < endsY.length) {
      if (endsX[i] < endsY[j]) {
        i++;
      } else if (endsY[j] < endsX[i]) {
        j++;
      } else {
        add(firstX, firstY, i == firstX && j == firstY);
        firstX = ++i;
        firstY = ++j;
      }
    }
    if (!x.truncated() && !y.truncated()) {
      add(endsX.length, endsY.length, true);
    }
  }

  // A dummy prefix that is a token of its own adds no byte: it is context, and begins no group.
  private static int firstWithBytes(int[] ends) {
    int first = 0;
    while (first < ends.length && ends[first] == 0) {
      first++;
    }
    return first;
  }

  private void add(int firstX, int firstY, boolean single) {
    positionsX[groups] = x.promptLength() + firstX - 1;
    positionsY[groups] = y.promptLength() + firstY - 1;
    groups++;
    oneToOne += single ? 1 : 0;
  }

  private Alignment result() {
    return new Alignment(
        Arrays.copyOf(positionsX, groups), Arrays.copyOf(positionsY, groups), oneToOne);
  }
}
