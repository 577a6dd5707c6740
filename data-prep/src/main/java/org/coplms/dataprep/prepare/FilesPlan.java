package org.coplms.dataprep.prepare;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.coplms.dataprep.PreparationException;
import org.coplms.dataprep.Splits;
import org.coplms.dataprep.partition.Apportionment;
import org.coplms.dataprep.partition.ColumnPartitionSpec;
import org.coplms.dataprep.partition.PartitionPlan;

/**
 * Shares the items of each group out: the server's shares first, then what is left to the devices,
 * as the partition says or as the data themselves do.
 */
final class FilesPlan {
  /** Names that an error lists. */
  private static final int SHOWN = 20;

  private final PrepareSpec spec;
  private final FilesSpec source;
  private final List<GroupCount> groups;

  FilesPlan(PrepareSpec spec, FilesSpec source, List<GroupCount> groups) {
    this.spec = spec;
    this.source = source;
    this.groups = groups;
  }

  /**
   * Cuts every group.
   *
   * @throws PreparationException when a device-only domain is not in the data, or the devices
   *     cannot be given enough
   */
  SplitPlan plan() {
    requireDeviceOnlyDomains();
    SortedMap<String, long[]> devices =
        source.partition() instanceof ColumnPartitionSpec column ? byOwner(column) : drawn();
    Map<String, DomainCuts> cuts = new TreeMap<>();
    for (GroupCount group : groups) {
      cuts.put(group.group(), cuts(group, devices.get(group.group())));
    }
    return new SplitPlan(cuts);
  }

  private void requireDeviceOnlyDomains() {
    SortedSet<String> domains = names(groups.stream().map(GroupCount::domain).toList());
    for (String domain : source.deviceOnlyDomains()) {
      if (!domains.contains(domain)) {
        throw new PreparationException(
            "The device-only domain '%s' is not in %s, which has %s; correct device-only-domains"
                .formatted(domain, source.path(), shown(domains)));
      }
    }
  }

  /** Where a plan decides, a group is a domain. */
  private SortedMap<String, long[]> drawn() {
    SortedMap<String, Long> left = new TreeMap<>();
    groups.forEach(group -> left.put(group.group(), onDevices(group)));
    return new PartitionPlan(source.partition(), spec.seed(), spec.devices(), left)
        .withAtLeast(source.minPerDevice());
  }

  /** The owners in the order of their names are the devices. */
  private SortedMap<String, long[]> byOwner(ColumnPartitionSpec column) {
    SortedSet<String> owners = names(groups.stream().map(GroupCount::owner).toList());
    if (owners.size() != spec.devices()) {
      throw new PreparationException(
          "The column '%s' has %d values, %s, and data.devices is %d; each value is a device, so set data.devices = %d"
              .formatted(
                  column.column(), owners.size(), shown(owners), spec.devices(), owners.size()));
    }
    List<String> devices = new ArrayList<>(owners);
    long[] totals = new long[spec.devices()];
    SortedMap<String, long[]> sizes = new TreeMap<>();
    for (GroupCount group : groups) {
      int device = devices.indexOf(group.owner());
      long[] ofGroup = new long[spec.devices()];
      ofGroup[device] = onDevices(group);
      totals[device] += ofGroup[device];
      sizes.put(group.group(), ofGroup);
    }
    for (int device = 0; device < totals.length; device++) {
      if (totals[device] < source.minPerDevice()) {
        throw new PreparationException(
            "Device %d, '%s' in column '%s', has %d examples beside the server's share, fewer than min-per-device = %d; lower it, or add data"
                .formatted(
                    device,
                    devices.get(device),
                    column.column(),
                    totals[device],
                    source.minPerDevice()));
      }
    }
    return sizes;
  }

  private DomainCuts cuts(GroupCount group, long[] devices) {
    FilesSpec.ServerShares shares = source.server();
    DomainCuts.Builder cuts = DomainCuts.builder();
    if (isShared(group)) {
      long pretrain = part(shares.pretrain(), group);
      cuts.pretrain(pretrain, Math.min(pretrain, part(shares.pretrainSlm(), group)))
          .run(Slot.server(Splits.PUBLIC), part(shares.publicShare(), group));
    }
    cuts.run(Slot.server(Splits.TEST), part(shares.test(), group));
    for (int device = 0; device < devices.length; device++) {
      cuts.device(device, Apportionment.of(source.device().toArray(), devices[device]));
    }
    return cuts.build();
  }

  /** What the server leaves. */
  private long onDevices(GroupCount group) {
    FilesSpec.ServerShares shares = source.server();
    long left = group.items() - part(shares.test(), group);
    return isShared(group)
        ? left - part(shares.pretrain(), group) - part(shares.publicShare(), group)
        : left;
  }

  private boolean isShared(GroupCount group) {
    return !source.deviceOnlyDomains().contains(group.domain());
  }

  private static long part(double share, GroupCount group) {
    return (long) Math.floor(share * group.items());
  }

  private static SortedSet<String> names(List<String> names) {
    return names.stream().collect(Collectors.toCollection(TreeSet::new));
  }

  private static String shown(SortedSet<String> names) {
    List<String> first = names.stream().limit(SHOWN).toList();
    return names.size() > SHOWN
        ? "%s and %d more".formatted(first, names.size() - SHOWN)
        : first.toString();
  }
}
