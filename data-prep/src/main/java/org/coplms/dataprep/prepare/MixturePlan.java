package org.coplms.dataprep.prepare;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.coplms.dataprep.KeyedSeed;
import org.coplms.dataprep.PreparationException;
import org.coplms.dataprep.Splits;
import org.coplms.dataprep.partition.Apportionment;
import org.coplms.dataprep.partition.Dirichlet;

/**
 * Shares the domains of a built-in source out: fixed counts for the server, a drawn mixture for
 * each device.
 */
final class MixturePlan {
  private static final int MOST_DRAWS = 10_000;

  private final PrepareSpec spec;
  private final BuiltInSpec source;

  MixturePlan(PrepareSpec spec, BuiltInSpec source) {
    this.spec = spec;
    this.source = source;
  }

  SplitPlan plan() {
    List<String> domains = source.domains();
    double[][] mixtures = mixtures();
    Map<String, DomainCuts.Builder> cuts = new LinkedHashMap<>();
    for (String domain : domains) {
      cuts.put(domain, server(domain));
    }
    for (int device = 0; device < spec.devices(); device++) {
      long[] train = Apportionment.of(mixtures[device], source.perDevice().train());
      long[] validation = Apportionment.of(mixtures[device], source.perDevice().validation());
      long[] test = Apportionment.of(mixtures[device], source.perDevice().test());
      for (int k = 0; k < domains.size(); k++) {
        cuts.get(domains.get(k)).device(device, new long[] {train[k], validation[k], test[k]});
      }
    }
    Map<String, DomainCuts> built = new LinkedHashMap<>();
    cuts.forEach((domain, builder) -> built.put(domain, builder.build()));
    return new SplitPlan(built);
  }

  private DomainCuts.Builder server(String domain) {
    DomainCounts sizes = source.perDomain();
    DomainCuts.Builder cuts = DomainCuts.builder();
    if (source.known().contains(domain)) {
      cuts.pretrain(sizes.pretrain(), sizes.pretrainSlm())
          .run(Slot.server(Splits.PUBLIC), sizes.publicExamples());
    }
    return cuts.run(Slot.server(Splits.TEST), sizes.test());
  }

  /**
   * The share of each domain (columns, known first) on each device (rows); rows sum to 1.
   *
   * @throws PreparationException when no draw puts every device-only domain on enough devices
   */
  double[][] mixtures() {
    Dirichlet dirichlet =
        new Dirichlet(
            spec.alpha(), KeyedSeed.of(spec.seed(), source.kind() + " mixtures", spec.devices()));
    for (int draw = 0; draw < MOST_DRAWS; draw++) {
      double[][] mixtures = draw(dirichlet);
      if (deviceOnlyOnEnoughDevices(mixtures)) {
        return mixtures;
      }
    }
    Mixture mixture = source.mixture();
    throw new PreparationException(
        ("No mixture of domains in %,d draws puts each of %s with more than %s on at least %d of"
                + " %d devices (alpha %s, deviceOnlyShare %s); lower minShare or"
                + " minDevicesPerDomain, or raise devices or alpha")
            .formatted(
                MOST_DRAWS,
                source.deviceOnly(),
                mixture.minShare(),
                mixture.minDevicesPerDomain(),
                spec.devices(),
                spec.alpha(),
                mixture.deviceOnlyShare()));
  }

  private double[][] draw(Dirichlet dirichlet) {
    int known = source.known().size();
    int deviceOnly = source.deviceOnly().size();
    double share = source.mixture().deviceOnlyShare();
    double[][] mixtures = new double[spec.devices()][known + deviceOnly];
    for (double[] mixture : mixtures) {
      double[] first = dirichlet.draw(known);
      for (int k = 0; k < known; k++) {
        mixture[k] = (1 - share) * first[k];
      }
      double[] second = deviceOnly == 0 ? new double[0] : dirichlet.draw(deviceOnly);
      for (int k = 0; k < deviceOnly; k++) {
        mixture[known + k] = share * second[k];
      }
    }
    return mixtures;
  }

  private boolean deviceOnlyOnEnoughDevices(double[][] mixtures) {
    Mixture limits = source.mixture();
    for (int k = source.known().size(); k < source.domains().size(); k++) {
      int devices = 0;
      for (double[] mixture : mixtures) {
        devices += mixture[k] > limits.minShare() ? 1 : 0;
      }
      if (devices < limits.minDevicesPerDomain()) {
        return false;
      }
    }
    return true;
  }
}
