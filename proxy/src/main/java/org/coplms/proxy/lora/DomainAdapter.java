package org.coplms.proxy.lora;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.tensor.Kernels;
import org.coplms.proxy.tensor.RandomTensors;

/**
 * What a block learns about a domain: x + Up(GELU(Down(LN(x)))) on the feed-forward output x.
 *
 * <p>A fresh adapter is an exact no-op: Up is zero. Down is uniform in ±1/√H.
 */
public final class DomainAdapter {
  static final double NORM_EPSILON = 1e-5;

  private final SortedMap<String, NDArray> parameters = new TreeMap<>();

  /**
   * A fresh adapter for hidden size {@code hidden}; its arrays belong to {@code owner}.
   *
   * @param hidden H, size of x's last axis
   */
  public DomainAdapter(int hidden, AdapterConfig config, SplittableRandom random, NDManager owner) {
    long width = config.width();
    long[] vector = {hidden};
    put("norm.weight", RandomTensors.constant(vector, 1), owner);
    put("norm.bias", RandomTensors.constant(vector, 0), owner);
    put(
        "down.weight",
        RandomTensors.uniform(new long[] {width, hidden}, 1 / Math.sqrt(hidden), random),
        owner);
    put("down.bias", RandomTensors.constant(new long[] {width}, 0), owner);
    put("up.weight", RandomTensors.constant(new long[] {hidden, width}, 0), owner);
    put("up.bias", RandomTensors.constant(vector, 0), owner);
  }

  private void put(String name, HostTensor value, NDManager owner) {
    parameters.put(name, value.toArray(owner));
  }

  /** Names within the adapter, such as {@code down.weight}, and the arrays themselves. */
  public SortedMap<String, NDArray> parameters() {
    return new TreeMap<>(parameters);
  }

  /** (…, H) → (…, H), owned like x. */
  public NDArray forward(NDArray x) {
    NDArray normed =
        Kernels.layerNorm(
            x, parameters.get("norm.weight"), parameters.get("norm.bias"), NORM_EPSILON);
    NDArray down = linear(normed, "down"); // (…, width)
    return x.add(linear(Kernels.gelu(down), "up")); // (…, H)
  }

  private NDArray linear(NDArray x, String module) {
    return Kernels.linear(x, parameters.get(module + ".weight"), parameters.get(module + ".bias"));
  }
}
