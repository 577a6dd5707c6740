package org.coplms.jobs.cotune;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.function.Function2;
import org.apache.spark.broadcast.Broadcast;
import org.coplms.jobs.config.CotuneSettings;
import org.coplms.proxy.cotune.TuningScope;
import org.coplms.proxy.merge.FactorMean;
import org.coplms.proxy.merge.FixedPointMean;
import org.coplms.proxy.merge.FixedPointSum;
import org.coplms.proxy.merge.MergeRule;
import org.coplms.proxy.merge.Merged;
import org.coplms.proxy.merge.ProxyUpdate;
import org.coplms.proxy.merge.SvdMerge;
import org.coplms.proxy.merge.TensorMean;
import org.coplms.proxy.merge.ThetaSpec;
import org.coplms.proxy.tensor.HostTensor;

/** How updates come together: collected on the driver, or summed on the way to it. */
interface RoundMerge {

  /** The merged θ and the devices that took part, by id. */
  record Outcome(Merged merged, List<Integer> devices) {}

  /** Runs the edge updates and merges them. */
  Outcome run(
      JavaRDD<ProxyUpdate> updates,
      SortedMap<String, HostTensor> current,
      Broadcast<SortedMap<String, HostTensor>> sent,
      double scaling);

  /** The way that the settings ask for. */
  static RoundMerge of(CotuneSettings cotune) {
    return switch (cotune.merge()) {
      case MEAN ->
          new Collected(
              cotune.thetaScope() == TuningScope.FULL ? new TensorMean() : new FactorMean());
      case SVD -> new Collected(new SvdMerge());
      case FFA -> new Summed(FixedPointMean.withDefaults());
    };
  }

  /** All updates on the driver, in the order of their ids. */
  record Collected(MergeRule rule) implements RoundMerge {
    @Override
    public Outcome run(
        JavaRDD<ProxyUpdate> updates,
        SortedMap<String, HostTensor> current,
        Broadcast<SortedMap<String, HostTensor>> sent,
        double scaling) {
      List<ProxyUpdate> collected = new ArrayList<>(updates.collect());
      collected.sort(Comparator.comparingInt(ProxyUpdate::deviceId));
      return new Outcome(
          rule.mergeWithReport(current, collected, scaling),
          collected.stream().map(ProxyUpdate::deviceId).toList());
    }
  }

  /** Integer sums up a tree: the driver's memory does not grow with the number of devices. */
  record Summed(FixedPointMean rule) implements RoundMerge {
    @Override
    public Outcome run(
        JavaRDD<ProxyUpdate> updates,
        SortedMap<String, HostTensor> current,
        Broadcast<SortedMap<String, HostTensor>> sent,
        double scaling) {
      Partial zero = new Partial(rule.zero(ThetaSpec.of(current)), List.of());
      Partial total = updates.treeAggregate(zero, new Add(sent), new Combine());
      return new Outcome(
          total.sum.merged(current, scaling), total.devices.stream().sorted().toList());
    }
  }

  /** A sum with the devices in it. */
  final class Partial implements Serializable {
    private static final long serialVersionUID = 1L;

    private final FixedPointSum sum;
    private final ArrayList<Integer> devices;

    Partial(FixedPointSum sum, List<Integer> devices) {
      this.sum = sum;
      this.devices = new ArrayList<>(devices);
    }
  }

  /** Adds one device. */
  final class Add implements Function2<Partial, ProxyUpdate, Partial> {
    private static final long serialVersionUID = 1L;

    private final Broadcast<SortedMap<String, HostTensor>> sent;

    Add(Broadcast<SortedMap<String, HostTensor>> sent) {
      this.sent = sent;
    }

    @Override
    public Partial call(Partial partial, ProxyUpdate update) {
      Partial sum = new Partial(partial.sum.add(update, sent.value()), partial.devices);
      sum.devices.add(update.deviceId());
      return sum;
    }
  }

  /** Adds two sums. */
  final class Combine implements Function2<Partial, Partial, Partial> {
    private static final long serialVersionUID = 1L;

    @Override
    public Partial call(Partial left, Partial right) {
      Partial sum = new Partial(left.sum.combine(right.sum), left.devices);
      sum.devices.addAll(right.devices);
      return sum;
    }
  }
}
