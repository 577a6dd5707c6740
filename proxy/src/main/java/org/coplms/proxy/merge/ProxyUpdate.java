package org.coplms.proxy.merge;

import java.io.Serializable;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.coplms.proxy.tensor.HostTensor;

/**
 * The only thing that leaves an edge device: θ's tensors after local training, and the number of
 * examples they were trained on.
 */
public final class ProxyUpdate implements Serializable {
  private static final long serialVersionUID = 1L;

  private final int round;
  private final int deviceId;
  private final long numExamples;
  private final SortedMap<String, HostTensor> tensors;

  private ProxyUpdate(
      int round, int deviceId, long numExamples, SortedMap<String, HostTensor> tensors) {
    this.round = round;
    this.deviceId = deviceId;
    this.numExamples = numExamples;
    this.tensors = tensors;
  }

  /**
   * Makes the update of one device in one round.
   *
   * @param numExamples the update's weight in the merge, n_i ≥ 0
   * @param allowed what may travel
   * @throws IllegalArgumentException when {@code tensors} hold a name outside {@code allowed}, lack
   *     one, have another shape, or hold NaN or infinity
   */
  public static ProxyUpdate of(
      int round,
      int deviceId,
      long numExamples,
      Map<String, HostTensor> tensors,
      ThetaSpec allowed) {
    if (round < 0 || deviceId < 0 || numExamples < 0) {
      throw new IllegalArgumentException(
          "Round, edge device and number of examples must not be negative, got %d, %d and %d"
              .formatted(round, deviceId, numExamples));
    }
    ProxyUpdate update =
        new ProxyUpdate(
            round,
            deviceId,
            numExamples,
            Collections.unmodifiableSortedMap(new TreeMap<>(tensors)));
    update.requireWithin(allowed);
    return update;
  }

  /**
   * Checks again what {@link #of} checked: the receiving side trusts no deserialized bytes.
   *
   * @throws IllegalArgumentException as {@link #of}
   */
  public void requireWithin(ThetaSpec allowed) {
    allowed.require(tensors, toString());
  }

  public int round() {
    return round;
  }

  public int deviceId() {
    return deviceId;
  }

  public long numExamples() {
    return numExamples;
  }

  /** θ by PEFT name; unmodifiable. */
  public SortedMap<String, HostTensor> tensors() {
    return tensors;
  }

  /** Bytes of the tensors' values, as the ledger counts them. */
  public long bytes() {
    return tensors.values().stream().mapToLong(HostTensor::byteSize).sum();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ProxyUpdate update
        && round == update.round
        && deviceId == update.deviceId
        && numExamples == update.numExamples
        && tensors.equals(update.tensors);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * round + deviceId) + tensors.hashCode();
  }

  @Override
  public String toString() {
    return "Update of edge device %d, round %d".formatted(deviceId, round);
  }
}
