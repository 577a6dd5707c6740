package org.coplms.proxy.lm;

import ai.djl.ndarray.NDArray;

/**
 * What every block of one forward pass shares.
 *
 * @param batch B
 * @param start position of the first token of the pass; those before it are in the cache
 * @param tokens T
 * @param rotary null where positions are learned
 * @param mask (T, start + T) additive, or null where one token looks at everything before it
 */
record Pass(int batch, int start, int tokens, Rotary rotary, NDArray mask) {
  /** S: the position after the last token of the pass. */
  int end() {
    return start + tokens;
  }
}
