package org.coplms.proxy.baseline;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.coplms.proxy.tensor.HostTensor;

/**
 * Federated averaging (McMahan et al. 2017): X = Σ w_i X_i for every tensor, w_i = n_i / Σ n. Over
 * LoRA factors this is FedIT's mean (Zhang et al. 2024).
 */
public final class TensorMean {
  private TensorMean() {}

  /**
   * The mean in fp64, devices in the order of their ids whatever the order of the list.
   *
   * @param updates one per device, of one SLM
   * @throws IllegalArgumentException when there is none, all were trained on 0 examples, names or
   *     shapes differ, or a value is not finite
   */
  public static SortedMap<String, HostTensor> of(List<LocalUpdate> updates) {
    List<LocalUpdate> ordered =
        updates.stream().sorted(Comparator.comparingInt(LocalUpdate::deviceId)).toList();
    long examples = ordered.stream().mapToLong(LocalUpdate::examples).sum();
    if (ordered.isEmpty() || examples <= 0) {
      throw new IllegalArgumentException(
          "%d updates trained on %d examples in all cannot be averaged; at least one device needs data"
              .formatted(ordered.size(), examples));
    }
    SortedMap<String, HostTensor> first = ordered.get(0).tensors();
    ordered.forEach(update -> requireLike(first, update));
    SortedMap<String, HostTensor> mean = new TreeMap<>();
    first.forEach((name, tensor) -> mean.put(name, mean(name, tensor, ordered, examples)));
    return mean;
  }

  private static HostTensor mean(
      String name, HostTensor like, List<LocalUpdate> updates, long examples) {
    double[] sum = new double[like.size()];
    for (LocalUpdate update : updates) {
      double weight = (double) update.examples() / examples;
      HostTensor tensor = update.tensors().get(name);
      for (int i = 0; i < sum.length; i++) {
        sum[i] += weight * tensor.at(i);
      }
    }
    float[] values = new float[sum.length];
    for (int i = 0; i < sum.length; i++) {
      values[i] = (float) sum[i];
    }
    return HostTensor.wrap(like.shape(), values);
  }

  private static void requireLike(SortedMap<String, HostTensor> first, LocalUpdate update) {
    if (!update.tensors().keySet().equals(first.keySet())) {
      throw new IllegalArgumentException(
          "%s refused: it holds %s, the others of its group %s"
              .formatted(update, update.tensors().keySet(), first.keySet()));
    }
    update.tensors().forEach((name, tensor) -> requireLike(first.get(name), tensor, name, update));
  }

  private static void requireLike(
      HostTensor first, HostTensor tensor, String name, LocalUpdate update) {
    if (!Arrays.equals(first.shape(), tensor.shape())) {
      throw new IllegalArgumentException(
          "%s refused: tensor '%s' has shape %s, the others of its group %s"
              .formatted(
                  update, name, Arrays.toString(tensor.shape()), Arrays.toString(first.shape())));
    }
    for (int i = 0; i < tensor.size(); i++) {
      if (!Float.isFinite(tensor.at(i))) {
        throw new IllegalArgumentException(
            "%s refused: tensor '%s' holds %s at index %d; training diverged, lower the learning rate"
                .formatted(update, name, tensor.at(i), i));
      }
    }
  }
}
