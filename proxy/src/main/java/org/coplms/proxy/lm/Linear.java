package org.coplms.proxy.lm;

import ai.djl.ndarray.NDArray;
import java.util.Optional;
import org.coplms.proxy.lora.LoraPair;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.tensor.Kernels;

/**
 * x Wᵀ + b of one named module, with its low-rank update where one is attached.
 *
 * <p>W is float32, or frozen in bfloat16; all else is float32.
 */
final class Linear {
  private final String name;
  private final Layout layout;
  private final NDArray weight;
  private final NDArray bias;
  private LoraPair lora;

  /** How a checkpoint stores W. */
  enum Layout {
    /** (out, in), as torch's Linear. */
    OUT_IN {
      @Override
      NDArray apply(NDArray x, NDArray weight, NDArray bias) {
        return Kernels.linear(x, weight, bias);
      }

      @Override
      long[] shape(long in, long out) {
        return new long[] {out, in};
      }

      @Override
      int index(int o, int i, int out, int in) {
        return o * in + i;
      }
    },
    /** (in, out), as GPT-2's Conv1D. */
    IN_OUT {
      @Override
      NDArray apply(NDArray x, NDArray weight, NDArray bias) {
        return Kernels.product(x, weight, bias);
      }

      @Override
      long[] shape(long in, long out) {
        return new long[] {in, out};
      }

      @Override
      int index(int o, int i, int out, int in) {
        return i * out + o;
      }
    };

    abstract NDArray apply(NDArray x, NDArray weight, NDArray bias);

    abstract long[] shape(long in, long out);

    /** Place of W[o, i] in the stored values. */
    abstract int index(int o, int i, int out, int in);
  }

  Linear(String name, Layout layout, NDArray weight, NDArray bias) {
    this.name = name;
    this.layout = layout;
    this.weight = weight;
    this.bias = bias;
  }

  /** The module's full name, without {@code .weight}. */
  String name() {
    return name;
  }

  int in() {
    return (int) weight.getShape().get(layout == Layout.OUT_IN ? 1 : 0);
  }

  int out() {
    return (int) weight.getShape().get(layout == Layout.OUT_IN ? 0 : 1);
  }

  /** (…, in) → (…, out), owned like x. */
  NDArray forward(NDArray x) {
    NDArray y = layout.apply(x, weight, bias);
    return lora == null ? y : y.add(lora.forward(x));
  }

  void attach(LoraPair pair) {
    lora = pair;
  }

  Optional<LoraPair> lora() {
    return Optional.ofNullable(lora);
  }

  /** W, with the low-rank update added in float32, in the stored layout. */
  HostTensor merged() {
    if (lora == null) {
      return HostTensor.copyOf(weight);
    }
    HostTensor base = HostTensor.copyOf(weight);
    HostTensor delta = lora.delta(); // (out, in)
    int out = (int) delta.dimension(0);
    int in = (int) delta.dimension(1);
    float[] merged = base.toFloats();
    for (int o = 0; o < out; o++) {
      for (int i = 0; i < in; i++) {
        merged[layout.index(o, i, out, in)] += delta.at(o * in + i);
      }
    }
    return HostTensor.wrap(base.shape(), merged);
  }
}
