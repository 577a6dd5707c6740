package org.coplms.proxy.lm;

import ai.djl.ndarray.NDArray;
import java.util.List;

/** The position-wise layer of a block: (B, T, H) → (B, T, H), owned like x. */
sealed interface FeedForward {
  NDArray forward(NDArray x);

  List<Linear> linears();

  /** down(act(gate(x)) ∘ up(x)): SwiGLU where act is SiLU (Shazeer 2020). */
  record Gated(Linear gate, Linear up, Linear down, Activation activation) implements FeedForward {
    @Override
    public NDArray forward(NDArray x) {
      return down.forward(activation.apply(gate.forward(x)).mul(up.forward(x)));
    }

    @Override
    public List<Linear> linears() {
      return List.of(gate, up, down);
    }
  }

  /** down(act(up(x))). */
  record Plain(Linear up, Linear down, Activation activation) implements FeedForward {
    @Override
    public NDArray forward(NDArray x) {
      return down.forward(activation.apply(up.forward(x)));
    }

    @Override
    public List<Linear> linears() {
      return List.of(up, down);
    }
  }
}
