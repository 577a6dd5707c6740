package org.coplms.proxy.lm;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.List;
import org.coplms.proxy.lora.DomainAdapter;

/**
 * Attention and feed-forward around a residual stream; a domain adapter follows feed-forward.
 *
 * <p>Where norms come last, {@code attentionNorm} and {@code feedForwardNorm} are of the sums.
 */
record DecoderBlock(
    BlockOrder order,
    Norm attentionNorm,
    Attention attention,
    Norm feedForwardNorm,
    FeedForward feedForward) {

  /**
   * (B, T, H) → (B, T, H), owned like x.
   *
   * @param adapter null for none
   * @param cache null for none
   */
  NDArray forward(NDArray x, Pass pass, DomainAdapter adapter, KvCache.Layer cache) {
    return switch (order) {
      case NORM_FIRST -> {
        NDArray attended = x.add(attention.forward(attentionNorm.forward(x), pass, cache));
        yield attended.add(feed(feedForwardNorm.forward(attended), adapter));
      }
      case PARALLEL -> {
        NDArray attended = x.add(attention.forward(attentionNorm.forward(x), pass, cache));
        yield attended.add(feed(feedForwardNorm.forward(x), adapter));
      }
      case NORM_LAST -> {
        NDArray attended = attentionNorm.forward(x.add(attention.forward(x, pass, cache)));
        yield feedForwardNorm.forward(attended.add(feed(attended, adapter)));
      }
    };
  }

  private NDArray feed(NDArray x, DomainAdapter adapter) {
    NDArray fed = feedForward.forward(x);
    return adapter == null ? fed : adapter.forward(fed);
  }

  List<Linear> linears() {
    List<Linear> all = new ArrayList<>(attention.linears());
    all.addAll(feedForward.linears());
    return all;
  }
}
