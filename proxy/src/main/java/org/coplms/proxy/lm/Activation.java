package org.coplms.proxy.lm;

import ai.djl.ndarray.NDArray;
import java.util.List;
import org.coplms.proxy.tensor.Kernels;
import org.coplms.proxy.tensor.Scalars;

/** The nonlinearity of a feed-forward layer, under its names in {@code config.json}. */
@SuppressWarnings("ImmutableEnumChecker") // its lists cannot be changed
enum Activation {
  /** x · sigmoid(x). */
  SILU("silu", "swish") {
    @Override
    NDArray apply(NDArray x) {
      return x.mul(Kernels.sigmoid(x));
    }
  },
  /**
   * GPT-2's ½x(1 + tanh(√(2/π)(x + 0.044715x³))), computed as x · sigmoid(x(2c + 2c·0.044715x²))
   * with c = √(2/π): the same function, since ½(1 + tanh z) = sigmoid(2z).
   */
  GELU_TANH("gelu_new", "gelu_pytorch_tanh", "gelu_fast") {
    @Override
    NDArray apply(NDArray x) {
      double c = 2 * Math.sqrt(2 / Math.PI);
      NDArray slope = Scalars.plus(Scalars.times(x.square(), c * 0.044715), c);
      return x.mul(Kernels.sigmoid(slope.mul(x)));
    }
  },
  /** x Φ(x). */
  GELU("gelu", "gelu_python") {
    @Override
    NDArray apply(NDArray x) {
      return Kernels.gelu(x);
    }
  },
  /** max(x, 0). */
  RELU("relu") {
    @Override
    NDArray apply(NDArray x) {
      return Kernels.relu(x);
    }
  };

  private final String hfName;
  private final List<String> aliases;

  Activation(String hfName, String... aliases) {
    this.hfName = hfName;
    this.aliases = List.of(aliases);
  }

  /** Element by element, owned like x. */
  abstract NDArray apply(NDArray x);

  String hfName() {
    return hfName;
  }

  static Activation named(String name) {
    for (Activation activation : values()) {
      if (activation.hfName.equals(name) || activation.aliases.contains(name)) {
        return activation;
      }
    }
    throw new IllegalArgumentException(
        "Activation '%s' is not supported; use silu, gelu_new, gelu or relu".formatted(name));
  }
}
