package org.coplms.dataprep.partition;

import java.util.SortedMap;

/**
 * Quantity skew: one {@code p ~ Dir(α·1_N)} over the devices for all domains, so that devices
 * differ in size and agree in their mixture of domains (Li et al. 2022).
 *
 * <p>A domain of {@code n} items is cut at {@code floor(cumsum(p)·n + u)}, {@code u} uniform in [0,
 * 1) for each domain: of domains smaller than the number of devices no device gets the rest each
 * time.
 *
 * @param alpha the smaller, the more the devices differ in size
 */
public record QuantityPartitionSpec(double alpha) implements PartitionSpec {
  private static final long serialVersionUID = 1L;

  public QuantityPartitionSpec {
    DirichletPartitionSpec.requireConcentration(alpha);
  }

  @Override
  public String kind() {
    return "quantity";
  }

  @Override
  public SortedMap<String, long[]> draw(DomainItems all, int draw) {
    double[] shares = new Dirichlet(alpha, all.seed(draw)).draw(all.devices());
    return all.each(
        (domain, items) -> Apportionment.cuts(shares, items, uniform(all.seed(draw, domain))));
  }

  /** Uniform in [0, 1) from the seed's 53 highest bits. */
  private static double uniform(long seed) {
    return (seed >>> 11) * 0x1p-53;
  }

  @Override
  public String setting() {
    return ", alpha " + alpha;
  }

  @Override
  public String remedy() {
    return ", raise alpha";
  }
}
