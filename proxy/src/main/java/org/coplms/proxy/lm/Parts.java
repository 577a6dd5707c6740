package org.coplms.proxy.lm;

/**
 * Which of the decoder's parts a family takes, where neither a module's name nor a field of {@code
 * config.json} says so.
 *
 * @param rmsNorm RMSNorm, else LayerNorm
 * @param outputBias whether attention's output has a bias where query, key and value have
 * @param positionOffset rows of the table of positions before that of the first token
 * @param layout how linear weights are stored
 */
record Parts(
    boolean rmsNorm,
    Positions positions,
    Projection projection,
    boolean outputBias,
    int positionOffset,
    Linear.Layout layout) {

  static final Parts LLAMA =
      new Parts(true, Positions.ROTARY, Projection.SEPARATE, true, 0, Linear.Layout.OUT_IN);
  static final Parts QWEN2 =
      new Parts(true, Positions.ROTARY, Projection.SEPARATE, false, 0, Linear.Layout.OUT_IN);
  static final Parts GPT2 =
      new Parts(false, Positions.LEARNED, Projection.FUSED, true, 0, Linear.Layout.IN_OUT);
  static final Parts OPT =
      new Parts(false, Positions.LEARNED, Projection.SEPARATE, true, 2, Linear.Layout.OUT_IN);
  static final Parts BLOOM =
      new Parts(false, Positions.ALIBI, Projection.FUSED_BY_HEAD, true, 0, Linear.Layout.OUT_IN);
  static final Parts GPT_NEOX =
      new Parts(false, Positions.ROTARY, Projection.FUSED_BY_HEAD, true, 0, Linear.Layout.OUT_IN);

  /** How a token's place enters. */
  enum Positions {
    /** Queries and keys are rotated. */
    ROTARY,
    /** A table is added to the embeddings. */
    LEARNED,
    /** Attention scores grow with the key's position (Press et al. 2022). */
    ALIBI
  }

  /** Where queries, keys and values come from. */
  enum Projection {
    /** A module for each. */
    SEPARATE,
    /** One module: all queries, then all keys, then all values. */
    FUSED,
    /** One module: query, key and value of the first head, then of the second, … */
    FUSED_BY_HEAD
  }

  boolean rotary() {
    return positions == Positions.ROTARY;
  }

  boolean fused() {
    return projection != Projection.SEPARATE;
  }
}
