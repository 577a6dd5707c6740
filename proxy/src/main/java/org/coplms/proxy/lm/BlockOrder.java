package org.coplms.proxy.lm;

/** How attention and feed-forward of a block follow each other. */
public enum BlockOrder {
  /** a = x + attention(norm(x)), then a + feedForward(norm(a)). */
  NORM_FIRST,
  /** x + attention(norm(x)) + feedForward(norm(x)), each with its own norm. */
  PARALLEL,
  /** a = norm(x + attention(x)), then norm(a + feedForward(a)); no norm after the last block. */
  NORM_LAST;

  static BlockOrder of(boolean normFirst, boolean parallel) {
    if (parallel) {
      return PARALLEL;
    }
    return normFirst ? NORM_FIRST : NORM_LAST;
  }
}
