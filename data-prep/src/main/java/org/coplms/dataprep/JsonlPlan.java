package org.coplms.dataprep;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.coplms.dataprep.partition.Apportionment;
import org.coplms.dataprep.partition.Dirichlet;

/**
 * Shares the items of each domain out: server shares first, then, per domain, {@code p ~
 * Dir(α·1_N)} over the devices with cuts at {@code floor(cumsum(p)·n)}, redrawn until every device
 * has enough to train on.
 */
final class JsonlPlan {
  private static final int MOST_DRAWS = 1_000;

  private final PrepareSpec spec;
  private final JsonlSpec source;
  private final SortedMap<String, Long> itemsPerDomain;

  JsonlPlan(PrepareSpec spec, JsonlSpec source, SortedMap<String, Long> itemsPerDomain) {
    this.spec = spec;
    this.source = source;
    this.itemsPerDomain = itemsPerDomain;
  }

  /**
   * Cuts every domain.
   *
   * @throws PreparationException when a device-only domain is not in the data, or no draw gives
   *     every device enough
   */
  SplitPlan plan() {
    for (String domain : source.deviceOnlyDomains()) {
      if (!itemsPerDomain.containsKey(domain)) {
        throw new PreparationException(
            "The device-only domain '%s' is not in %s, which has %s; correct deviceOnlyDomains"
                .formatted(domain, source.path(), itemsPerDomain.keySet()));
      }
    }
    for (int draw = 0; draw < MOST_DRAWS; draw++) {
      long[] trainPerDevice = new long[spec.devices()];
      Map<String, DomainCuts> cuts = new TreeMap<>();
      for (String domain : itemsPerDomain.keySet()) {
        cuts.put(domain, cut(domain, draw, trainPerDevice));
      }
      if (least(trainPerDevice) >= source.minTrainPerDevice()) {
        return new SplitPlan(cuts);
      }
    }
    long items = itemsPerDomain.values().stream().mapToLong(Long::longValue).sum();
    throw new PreparationException(
        ("No partition in %,d draws gives each of %d devices at least %d training examples (%d"
                + " examples in %d domains, alpha %s); lower devices or minTrainPerDevice, raise"
                + " alpha, or add data")
            .formatted(
                MOST_DRAWS,
                spec.devices(),
                source.minTrainPerDevice(),
                items,
                itemsPerDomain.size(),
                spec.alpha()));
  }

  private DomainCuts cut(String domain, int draw, long[] trainPerDevice) {
    long items = itemsPerDomain.get(domain);
    JsonlSpec.ServerShares shares = source.server();
    DomainCuts.Builder cuts = DomainCuts.builder();
    long left = items - part(shares.test(), items);
    if (!source.deviceOnlyDomains().contains(domain)) {
      long pretrain = part(shares.pretrain(), items);
      long publicExamples = part(shares.publicShare(), items);
      cuts.pretrain(pretrain, Math.min(pretrain, part(shares.pretrainSlm(), items)))
          .run(Slot.server(Splits.PUBLIC), publicExamples);
      left -= pretrain + publicExamples;
    }
    cuts.run(Slot.server(Splits.TEST), part(shares.test(), items));
    long seed = KeyedSeed.of(spec.seed(), "partition " + draw, domain);
    long[] sizes = Apportionment.cuts(new Dirichlet(spec.alpha(), seed).draw(spec.devices()), left);
    for (int device = 0; device < sizes.length; device++) {
      long[] splits = Apportionment.of(source.device().toArray(), sizes[device]);
      trainPerDevice[device] += splits[0];
      cuts.device(device, splits);
    }
    return cuts.build();
  }

  private static long part(double share, long items) {
    return (long) Math.floor(share * items);
  }

  private static long least(long[] counts) {
    long least = Long.MAX_VALUE;
    for (long count : counts) {
      least = Math.min(least, count);
    }
    return least;
  }
}
