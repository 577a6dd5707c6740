package org.coplms.proxy.lm;

import ai.djl.ndarray.NDArray;
import org.coplms.proxy.tensor.Kernels;
import org.coplms.proxy.tensor.Scalars;

/** Normalization of the hidden axis: (…, H) → (…, H), owned like x. */
sealed interface Norm {
  NDArray forward(NDArray x);

  /** x / √(mean(x²) + ε) · w (Zhang and Sennrich 2019). */
  record Rms(NDArray weight, double epsilon) implements Norm {
    @Override
    public NDArray forward(NDArray x) {
      NDArray meanSquare = x.square().mean(new int[] {-1}, true); // (…, 1)
      return x.div(Scalars.plus(meanSquare, epsilon).sqrt()).mul(weight);
    }
  }

  /** (x − mean) / √(variance + ε) · w + b (Ba et al. 2016). */
  record Layer(NDArray weight, NDArray bias, double epsilon) implements Norm {
    @Override
    public NDArray forward(NDArray x) {
      return Kernels.layerNorm(x, weight, bias, epsilon);
    }
  }

  /** x. */
  record None() implements Norm {
    @Override
    public NDArray forward(NDArray x) {
      return x;
    }
  }
}
