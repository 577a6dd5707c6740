package org.coplms.proxy.merge;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.coplms.proxy.tensor.HostTensor;

/**
 * Σ n_i round((B_i − B) 2^f) over devices in 64-bit integers, and Σ n_i: what {@code ffa} needs of
 * a round.
 *
 * <p>Integer addition is associative and commutative, so the sum cannot depend on the order of
 * devices, on the shape of a tree, on partitions or retries. Overflow is refused rather than
 * wrapped, and that too independently of the order: Σ n_i max|x_i| bounds every partial sum.
 *
 * <p>Made for Spark's {@code treeAggregate}: {@link #zero}, {@link #add} and {@link #combine} are
 * its three arguments; the latter two change and return their left operand. Not thread-safe.
 */
public final class FixedPointSum implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final int MIN_FRACTION_BITS = 8;
  private static final int MAX_FRACTION_BITS = 52;
  private static final int NO_ROUND = -1;

  private final ThetaSpec spec;
  private final int fractionBits;
  private final SortedMap<String, long[]> sums = new TreeMap<>();
  private final SortedMap<String, Long> bounds = new TreeMap<>();
  private int round = NO_ROUND;
  private int devices;
  private long examples;

  private FixedPointSum(ThetaSpec spec, int fractionBits) {
    this.spec = spec;
    this.fractionBits = fractionBits;
    SortedMap<String, long[]> shapes = spec.shapes();
    for (String module : spec.modules()) {
      String name = ThetaSpec.factorB(module);
      long[] shape = shapes.get(name);
      sums.put(name, new long[Math.toIntExact(Math.multiplyExact(shape[0], shape[1]))]);
      bounds.put(name, 0L);
    }
  }

  /** The sum of no update. */
  public static FixedPointSum zero(ThetaSpec spec, int fractionBits) {
    requireFractionBits(fractionBits);
    return new FixedPointSum(spec, fractionBits);
  }

  /**
   * Adds one device's update, or leaves the sum unchanged if it throws.
   *
   * @param current θ as it was broadcast at the start of the round
   * @return this
   * @throws IllegalArgumentException when the update is of another round or θ, its A is not {@code
   *     current}'s bit for bit, or the sum could leave 64 bits
   */
  public FixedPointSum add(ProxyUpdate update, Map<String, HostTensor> current) {
    update.requireWithin(spec);
    spec.require(current, "Current θ");
    requireRound(update.round(), update.toString());
    requireFrozen(update, current);
    SortedMap<String, Long> raised = new TreeMap<>();
    for (String name : sums.keySet()) {
      long bound = bound(update, name, current.get(name));
      raised.put(name, exactSum(bounds.get(name), bound, name));
    }
    examples = Math.addExact(examples, update.numExamples());
    bounds.putAll(raised);
    sums.forEach((name, sum) -> accumulate(sum, update, name, current.get(name)));
    round = update.round();
    devices++;
    return this;
  }

  /**
   * Adds another sum, or leaves this one unchanged if it throws.
   *
   * @return this
   * @throws IllegalArgumentException when the other is of another round, θ or resolution, or the
   *     sum could leave 64 bits
   */
  public FixedPointSum combine(FixedPointSum other) {
    if (fractionBits != other.fractionBits || !spec.equals(other.spec)) {
      throw new IllegalArgumentException(
          "Sums of different θ or resolution cannot be combined: %s with %d fraction bits and %s with %d"
              .formatted(spec, fractionBits, other.spec, other.fractionBits));
    }
    if (other.devices == 0) {
      return this;
    }
    requireRound(other.round, "Sum of %d devices, round %d".formatted(other.devices, other.round));
    SortedMap<String, Long> raised = new TreeMap<>();
    bounds.forEach(
        (name, bound) -> raised.put(name, exactSum(bound, other.bounds.get(name), name)));
    examples = Math.addExact(examples, other.examples);
    bounds.putAll(raised);
    sums.forEach((name, sum) -> accumulate(sum, other.sums.get(name)));
    round = other.round;
    devices += other.devices;
    return this;
  }

  /**
   * The next θ: A as in {@code current}, B + Σ n_i Δ_i / Σ n_i.
   *
   * @param current θ that the updates started from
   * @throws IllegalArgumentException when nothing was added, or all of it without examples
   */
  public SortedMap<String, HostTensor> mean(Map<String, HostTensor> current) {
    spec.require(current, "Current θ");
    Cohort.requireExamples(examples, round);
    SortedMap<String, HostTensor> theta = new TreeMap<>(current);
    sums.forEach((name, sum) -> theta.put(name, shifted(current.get(name), sum)));
    return theta;
  }

  /** {@link #mean} with its report; the product's norm is that of the merged θ. */
  public Merged merged(SortedMap<String, HostTensor> current, double scaling) {
    SortedMap<String, HostTensor> theta = mean(current);
    SortedMap<String, MergeReport.Deviation> deviations = new TreeMap<>();
    for (String module : spec.modules()) {
      double norm = scaling * FactoredProduct.of(theta, module).norm();
      deviations.put(module, new MergeReport.Deviation(0, norm));
    }
    return new Merged(
        theta, new MergeReport("ffa", Math.max(round, 0), devices, examples, deviations));
  }

  public int devices() {
    return devices;
  }

  /** Σ n_i. */
  public long examples() {
    return examples;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FixedPointSum sum
        && fractionBits == sum.fractionBits
        && round == sum.round
        && devices == sum.devices
        && examples == sum.examples
        && spec.equals(sum.spec)
        && bounds.equals(sum.bounds)
        && sums.entrySet().stream()
            .allMatch(entry -> Arrays.equals(entry.getValue(), sum.sums.get(entry.getKey())));
  }

  @Override
  public int hashCode() {
    int hash = Long.hashCode(examples);
    for (long[] sum : sums.values()) {
      hash = 31 * hash + Arrays.hashCode(sum);
    }
    return hash;
  }

  static void requireFractionBits(int fractionBits) {
    if (fractionBits < MIN_FRACTION_BITS || fractionBits > MAX_FRACTION_BITS) {
      throw new IllegalArgumentException(
          "Fraction bits of 'ffa' must be from %d to %d, got %d"
              .formatted(MIN_FRACTION_BITS, MAX_FRACTION_BITS, fractionBits));
    }
  }

  private void requireRound(int other, String origin) {
    if (round != NO_ROUND && other != round) {
      throw new IllegalArgumentException(
          "%s cannot be added to updates of round %d; drop late updates".formatted(origin, round));
    }
  }

  private void requireFrozen(ProxyUpdate update, Map<String, HostTensor> current) {
    for (String module : spec.modules()) {
      String name = ThetaSpec.factorA(module);
      if (!update.tensors().get(name).equals(current.get(name))) {
        throw new IllegalArgumentException(
            "%s refused: 'ffa' keeps A frozen, but tensor '%s' was changed; train only B, or merge by svd or mean"
                .formatted(update, name));
      }
    }
  }

  /** n_i max|x_i|. */
  private long bound(ProxyUpdate update, String name, HostTensor reference) {
    HostTensor tensor = update.tensors().get(name);
    double largest = 0;
    for (int i = 0; i < tensor.size(); i++) {
      largest = Math.max(largest, Math.abs(scaled(tensor, reference, i)));
    }
    if (largest >= 0x1p63) {
      double change = Math.scalb(largest, -fractionBits);
      throw overflow(name, "%s: a change of %s".formatted(update, change), null);
    }
    try {
      return Math.multiplyExact(update.numExamples(), (long) largest);
    } catch (ArithmeticException e) {
      String what = "%s: %d examples times a change of %s";
      double change = Math.scalb(largest, -fractionBits);
      throw overflow(name, what.formatted(update, update.numExamples(), change), e);
    }
  }

  private void accumulate(long[] sum, ProxyUpdate update, String name, HostTensor reference) {
    HostTensor tensor = update.tensors().get(name);
    for (int i = 0; i < sum.length; i++) {
      sum[i] += update.numExamples() * (long) scaled(tensor, reference, i);
    }
  }

  private static void accumulate(long[] sum, long[] other) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] += other[i];
    }
  }

  /** (B_i − B) 2^f as a whole number. */
  private double scaled(HostTensor tensor, HostTensor reference, int index) {
    double change = (double) tensor.at(index) - reference.at(index);
    return Math.rint(Math.scalb(change, fractionBits));
  }

  private HostTensor shifted(HostTensor reference, long[] sum) {
    float[] values = new float[sum.length];
    for (int i = 0; i < values.length; i++) {
      double change = Math.scalb((double) sum[i] / examples, -fractionBits);
      values[i] = sum[i] == 0 ? reference.at(i) : (float) (reference.at(i) + change);
    }
    return HostTensor.wrap(reference.shape(), values);
  }

  private long exactSum(long bound, long other, String name) {
    try {
      return Math.addExact(bound, other);
    } catch (ArithmeticException e) {
      throw overflow(name, "the sum of %d devices and the next".formatted(devices), e);
    }
  }

  private IllegalArgumentException overflow(String name, String what, ArithmeticException cause) {
    return new IllegalArgumentException(
        "Fixed-point sum of tensor '%s' leaves 64 bits at %s; use fewer than %d fraction bits, or lower the learning rate if training diverged"
            .formatted(name, what, fractionBits),
        cause);
  }
}
