package org.coplms.proxy.lm;

import ai.djl.ndarray.NDArray;

/**
 * What every block of one forward pass shares.
 *
 * <p>A mask is added to the scores (B, K, G, T, S) of K key-value heads and G queries for each: (T,
 * S), or (K, G, T, S) where positions enter through the scores, or null where there is nothing to
 * add since one token looks at everything before it.
 *
 * @param batch B
 * @param start position of the first token of the pass; those before it are in the cache
 * @param tokens T
 * @param rotary null where positions are not rotary
 * @param mask of layers that see everything before a token
 * @param windowMask of layers with a sliding window
 */
record Pass(int batch, int start, int tokens, Rotary rotary, NDArray mask, NDArray windowMask) {
  /** S: the position after the last token of the pass. */
  int end() {
    return start + tokens;
  }
}
