package org.coplms.proxy.merge;

import java.io.Serializable;
import java.util.List;
import java.util.SortedMap;
import org.coplms.proxy.tensor.HostTensor;

/**
 * How the server makes one θ of the devices' θ_i, with weights w_i = n_i / Σ n.
 *
 * <p>Every rule is a pure function: devices are taken in the order of their ids whatever the order
 * of the list, in fp64 or integers, so equal updates give equal bits.
 */
public sealed interface MergeRule extends Serializable
    permits FactorMean, SvdMerge, FixedPointMean, TensorMean {

  /**
   * The rule's name in configurations: {@code mean}, {@code svd}, {@code ffa} or {@code tensors}.
   */
  String name();

  /**
   * Merges and reports how far the merged product is from Σ w_i s B_i A_i.
   *
   * @param current θ as it was broadcast at the start of the round
   * @param updates one per device, all of one round
   * @param scaling LoRA's s = α / r; a rule for whole models has no use for it
   * @throws IllegalArgumentException when there is no update, a device or a tensor occurs twice or
   *     is not θ's, rounds differ, or all weights are 0
   */
  Merged mergeWithReport(
      SortedMap<String, HostTensor> current, List<ProxyUpdate> updates, double scaling);

  /** {@link #mergeWithReport} without the report: the next θ by PEFT name. */
  default SortedMap<String, HostTensor> merge(
      SortedMap<String, HostTensor> current, List<ProxyUpdate> updates, double scaling) {
    return mergeWithReport(current, updates, scaling).theta();
  }

  /**
   * The rule of that name, with its defaults.
   *
   * @throws IllegalArgumentException for an unknown name
   */
  static MergeRule named(String name) {
    return switch (name) {
      case "mean" -> new FactorMean();
      case "svd" -> new SvdMerge();
      case "ffa" -> FixedPointMean.withDefaults();
      case "tensors" -> new TensorMean();
      default ->
          throw new IllegalArgumentException(
              "Unknown merge rule '%s'; choose mean, svd, ffa or tensors".formatted(name));
    };
  }
}
