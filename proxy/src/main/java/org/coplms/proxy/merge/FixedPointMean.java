package org.coplms.proxy.merge;

import java.util.List;
import java.util.SortedMap;
import org.coplms.proxy.tensor.HostTensor;

/**
 * FFA-LoRA (Sun et al. 2024): A stays as it was drawn from the seed, B is averaged, so the mean of
 * the factors is the mean of the products.
 *
 * <p>The average is taken in integers, see {@link FixedPointSum}. Where updates are too many to
 * collect, {@link FixedPointSum} is the accumulator of a distributed tree with the same bits.
 *
 * @param fractionBits f; values are rounded to multiples of 2^−f
 */
public record FixedPointMean(int fractionBits) implements MergeRule {
  private static final long serialVersionUID = 1L;
  private static final int DEFAULT_FRACTION_BITS = 36;

  public FixedPointMean {
    FixedPointSum.requireFractionBits(fractionBits);
  }

  /** f = 36: changes of B to 7e-12, and up to 13 in size at ten million examples. */
  public static FixedPointMean withDefaults() {
    return new FixedPointMean(DEFAULT_FRACTION_BITS);
  }

  /** The empty accumulator for updates of {@code spec}. */
  public FixedPointSum zero(ThetaSpec spec) {
    return FixedPointSum.zero(spec, fractionBits);
  }

  @Override
  public String name() {
    return "ffa";
  }

  @Override
  public Merged mergeWithReport(
      SortedMap<String, HostTensor> current, List<ProxyUpdate> updates, double scaling) {
    Cohort.requireScaling(scaling);
    Cohort cohort = Cohort.of(current, updates);
    FixedPointSum sum = zero(cohort.spec());
    for (ProxyUpdate update : cohort.updates()) {
      sum.add(update, current);
    }
    return sum.merged(current, scaling);
  }
}
