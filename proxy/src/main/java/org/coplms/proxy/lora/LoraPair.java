package org.coplms.proxy.lora;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.tensor.Kernels;
import org.coplms.proxy.tensor.RandomTensors;
import org.coplms.proxy.tensor.Scalars;

/**
 * The low-rank update s·B·A of one linear module (Hu et al. 2021): A (r, in), B (out, r).
 *
 * <p>A fresh pair is an exact no-op: B is zero. A is drawn as in PEFT, Kaiming-uniform with a = √5,
 * that is uniform in ±1/√in.
 */
public final class LoraPair {
  private final NDArray a;
  private final NDArray b;
  private final double scaling;
  private final LoraDropout dropout;

  private LoraPair(NDArray a, NDArray b, double scaling, LoraDropout dropout) {
    this.a = a;
    this.b = b;
    this.scaling = scaling;
    this.dropout = dropout;
  }

  /** A fresh pair; its arrays belong to {@code owner}. */
  public static LoraPair fresh(
      LoraSite site, LoraConfig config, LoraDropout dropout, SplittableRandom random) {
    long[] shapeA = {config.rank(), site.in()};
    long[] shapeB = {site.out(), config.rank()};
    NDManager owner = site.owner();
    return new LoraPair(
        RandomTensors.uniform(shapeA, 1 / Math.sqrt(site.in()), random).toArray(owner),
        RandomTensors.constant(shapeB, 0).toArray(owner),
        config.scaling(),
        dropout);
  }

  /** Where a pair goes: the sizes of the linear module and who owns the factors. */
  public record LoraSite(int in, int out, NDManager owner) {}

  public NDArray a() {
    return a;
  }

  public NDArray b() {
    return b;
  }

  /** s·x Aᵀ Bᵀ: (…, in) → (…, out), owned like x. */
  public NDArray forward(NDArray x) {
    NDArray low = Kernels.linear(dropout.apply(x), a, null); // (…, r)
    return Kernels.linear(Scalars.times(low, scaling), b, null); // (…, out)
  }

  /** s·B·A (out, in), summed in double precision. */
  public HostTensor delta() {
    float[] left = b.toFloatArray();
    float[] right = a.toFloatArray();
    int rank = (int) a.getShape().get(0);
    int in = (int) a.getShape().get(1);
    int out = (int) b.getShape().get(0);
    float[] product = new float[out * in];
    double[] row = new double[in];
    for (int o = 0; o < out; o++) {
      Arrays.fill(row, 0);
      for (int r = 0; r < rank; r++) {
        double factor = scaling * left[o * rank + r];
        for (int i = 0; i < in; i++) {
          row[i] += factor * right[r * in + i];
        }
      }
      for (int i = 0; i < in; i++) {
        product[o * in + i] = (float) row[i];
      }
    }
    return HostTensor.wrap(new long[] {out, in}, product);
  }
}
