package org.coplms.proxy.lm;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.List;
import org.coplms.proxy.lora.DomainAdapter;

/** x + attention(norm(x)), then x + adapter(feedForward(norm(x))). */
record DecoderBlock(
    Norm attentionNorm, Attention attention, Norm feedForwardNorm, FeedForward feedForward) {

  /**
   * (B, T, H) → (B, T, H), owned like x.
   *
   * @param adapter null for none
   * @param cache null for none
   */
  NDArray forward(NDArray x, Pass pass, DomainAdapter adapter, KvCache.Layer cache) {
    NDArray attended = x.add(attention.forward(attentionNorm.forward(x), pass, cache));
    NDArray fed = feedForward.forward(feedForwardNorm.forward(attended));
    return attended.add(adapter == null ? fed : adapter.forward(fed));
  }

  List<Linear> linears() {
    List<Linear> all = new ArrayList<>(attention.linears());
    all.addAll(feedForward.linears());
    return all;
  }
}
