package org.coplms.dataprep.partition;

import java.util.SortedMap;
import org.coplms.dataprep.Problems;

/**
 * Label skew: for each domain {@code p ~ Dir(α·1_N)} over the devices, with cuts at {@code
 * floor(cumsum(p)·n)} (Yurochkin et al. 2019, Hsu et al. 2019).
 *
 * @param alpha the smaller, the more the devices differ in their domains
 */
public record DirichletPartitionSpec(double alpha) implements PartitionSpec {
  private static final long serialVersionUID = 1L;

  public DirichletPartitionSpec {
    requireConcentration(alpha);
  }

  static void requireConcentration(double alpha) {
    Problems problems = new Problems();
    problems.require(
        alpha > 0 && Double.isFinite(alpha),
        "alpha must be positive and finite, got %s".formatted(alpha));
    problems.throwIfAny();
  }

  @Override
  public String kind() {
    return "dirichlet";
  }

  @Override
  public SortedMap<String, long[]> draw(DomainItems all, int draw) {
    return all.each(
        (domain, items) ->
            Apportionment.cuts(
                new Dirichlet(alpha, all.seed(draw, domain)).draw(all.devices()), items));
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
