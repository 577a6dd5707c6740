package org.coplms.udfs.baseline;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.coplms.proxy.baseline.Received;
import org.coplms.proxy.cotune.KeptState;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.udfs.edge.RoundFolders;
import org.coplms.udfs.store.HadoopFiles;

/** The end of a federated round: every device takes over the tensors that the server made. */
public final class Delivery {
  private Delivery() {}

  /**
   * What is delivered.
   *
   * @param tensors by the group of their SLM
   * @param seen hashes of the prompts that the server trained them on
   */
  public record Parcel(Map<Integer, SortedMap<String, HostTensor>> tensors, SortedSet<Long> seen)
      implements Serializable {}

  /**
   * Takes over, lazily.
   *
   * @param folders where the states that the devices trained stand, and where they go with the
   *     delivered tensors; two folders, so that a retried task finds what it read before
   */
  public static JavaRDD<Integer> of(
      JavaSparkContext spark,
      Collection<Integer> devices,
      LocalSpec spec,
      RoundFolders folders,
      Broadcast<Parcel> parcel) {
    return spark
        .parallelize(new ArrayList<>(devices), devices.size())
        .map(new TakeOverFn(spec, folders, parcel));
  }

  private static final class TakeOverFn implements Function<Integer, Integer> {
    private static final long serialVersionUID = 1L;

    private final LocalSpec spec;
    private final RoundFolders folders;
    private final Broadcast<Parcel> parcel;

    TakeOverFn(LocalSpec spec, RoundFolders folders, Broadcast<Parcel> parcel) {
      this.spec = spec;
      this.folders = folders;
      this.parcel = parcel;
    }

    @Override
    public Integer call(Integer deviceId) {
      Configuration files = spec.edge().task().configuration();
      KeptState trained =
          KeptState.fromBytes(
              HadoopFiles.read(RoundFolders.state(folders.previous(), deviceId), files));
      SortedMap<String, HostTensor> tensors = parcel.value().tensors().get(spec.group(deviceId));
      KeptState state = Received.withSeen(Received.into(trained, tensors), parcel.value().seen());
      HadoopFiles.write(RoundFolders.state(folders.current(), deviceId), state.toBytes(), files);
      return deviceId;
    }
  }
}
