package org.coplms.proxy.baseline;

import java.io.Serializable;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.coplms.proxy.tensor.HostTensor;

/**
 * What leaves an edge device in federated averaging: the tuned tensors of its SLM and the number of
 * examples they were trained on.
 *
 * @param group devices with the same SLM have the same number
 * @param examples the update's weight in the mean, n_i
 * @param tensors by name; a copy, unmodifiable
 */
public record LocalUpdate(
    int round, int deviceId, int group, long examples, SortedMap<String, HostTensor> tensors)
    implements Serializable {
  public LocalUpdate {
    tensors = Collections.unmodifiableSortedMap(new TreeMap<>(tensors));
  }

  /** Bytes of the tensors' values, as the ledger counts them. */
  public long bytes() {
    return tensors.values().stream().mapToLong(HostTensor::byteSize).sum();
  }

  @Override
  public String toString() {
    return "Update of edge device %d, round %d".formatted(deviceId, round);
  }
}
