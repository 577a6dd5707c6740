package org.coplms.proxy.lm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import org.coplms.proxy.tensor.Scalars;

/**
 * Causal self-attention, softmax(QKᵀ/√D + mask)V, with query heads in groups that share a key-value
 * head (Ainslie et al. 2023).
 *
 * <p>The queries of a group are stacked along tokens, (B, K, G·T, D) with K key-value heads and G
 * queries for each, so that keys and values are never repeated.
 */
final class Attention {
  private final Projection projection;
  private final HeadNorms norms;
  private final Linear output;
  private final int keyValueHeads;
  private final int groups;
  private final int headDim;
  private final boolean windowed;

  Attention(
      Projection projection, HeadNorms norms, Linear output, LmConfig config, boolean windowed) {
    this.projection = projection;
    this.norms = norms;
    this.output = output;
    this.windowed = windowed;
    this.keyValueHeads = config.numKeyValueHeads();
    this.groups = config.numHeads() / keyValueHeads;
    this.headDim = config.headDim();
  }

  /** Queries, keys and values of x, each (B, T, heads · D) or (B, T, heads, D). */
  sealed interface Projection {
    NDList forward(NDArray x);

    List<Linear> linears();
  }

  /** A module for each. */
  record Separate(Linear query, Linear key, Linear value) implements Projection {
    @Override
    public NDList forward(NDArray x) {
      return new NDList(query.forward(x), key.forward(x), value.forward(x));
    }

    @Override
    public List<Linear> linears() {
      return List.of(query, key, value);
    }
  }

  /** One module whose output is cut in three: all queries, all keys, all values. */
  record Fused(Linear all) implements Projection {
    @Override
    public NDList forward(NDArray x) {
      return all.forward(x).split(3, 2);
    }

    @Override
    public List<Linear> linears() {
      return List.of(all);
    }
  }

  /** One module that gives query, key and value of each head together. */
  record FusedByHead(Linear all, int heads) implements Projection {
    @Override
    public NDList forward(NDArray x) {
      NDArray each = all.forward(x); // (B, T, heads · 3 · D)
      Shape shape = each.getShape();
      long width = shape.get(2) / heads;
      return each.reshape(shape.get(0), shape.get(1), heads, width).split(3, 3);
    }

    @Override
    public List<Linear> linears() {
      return List.of(all);
    }
  }

  /** Normalization of each head's queries and keys. */
  record HeadNorms(Norm query, Norm key) {}

  List<Linear> linears() {
    List<Linear> all = new ArrayList<>(projection.linears());
    all.add(output);
    return all;
  }

  /**
   * (B, T, H) → (B, T, H), owned like x.
   *
   * @param cache this block's, or null to look at the tokens of the pass alone
   */
  NDArray forward(NDArray x, Pass pass, KvCache.Layer cache) {
    int batch = pass.batch();
    int tokens = pass.tokens();
    NDList projected = projection.forward(x);
    NDArray query = heads(projected.get(0), pass, keyValueHeads * groups); // (B, T, K·G, D)
    NDArray key = heads(projected.get(1), pass, keyValueHeads); // (B, T, K, D)
    NDArray value = heads(projected.get(2), pass, keyValueHeads);
    query = norms.query().forward(query);
    key = norms.key().forward(key);
    if (pass.rotary() != null) {
      query = pass.rotary().apply(query);
      key = pass.rotary().apply(key);
    }
    query = Scalars.times(query, 1 / Math.sqrt(headDim));
    query = query.swapAxes(1, 2).reshape(batch, keyValueHeads, (long) groups * tokens, headDim);
    key = key.swapAxes(1, 2); // (B, K, T, D)
    value = value.swapAxes(1, 2);
    if (cache != null) {
      key = cache.appendKeys(key, pass); // (B, K, S, D)
      value = cache.appendValues(value, pass);
    }
    NDArray mask = windowed ? pass.windowMask() : pass.mask();
    NDArray attended = ScaledDotProduct.attend(query, key, value, mask, pass); // (B, K, G·T, D)
    return output.forward(
        attended
            .reshape(batch, (long) keyValueHeads * groups, tokens, headDim)
            .swapAxes(1, 2)
            .reshape(batch, tokens, (long) keyValueHeads * groups * headDim));
  }

  private NDArray heads(NDArray x, Pass pass, int count) {
    return x.reshape(pass.batch(), pass.tokens(), count, headDim);
  }
}
