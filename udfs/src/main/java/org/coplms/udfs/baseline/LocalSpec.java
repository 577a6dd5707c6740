package org.coplms.udfs.baseline;

import java.io.Serializable;
import org.coplms.proxy.baseline.LocalTask;
import org.coplms.proxy.cotune.SlmConfig;
import org.coplms.proxy.cotune.ThetaConfig;
import org.coplms.udfs.edge.EdgeSpec;

/**
 * A run whose SLMs learn on their devices without a proxy.
 *
 * @param edge seed, rounds, settings and SLMs; its DPM counts for nothing here
 * @param adapter whether domain adapters learn, too
 * @param sharedShare share of the batches that is taken from the shared texts
 */
public record LocalSpec(EdgeSpec edge, boolean adapter, double sharedShare)
    implements Serializable {

  LocalTask task(int round, int deviceId) {
    return new LocalTask(edge.edgeTask(round, deviceId), adapter, sharedShare);
  }

  /** The SLM's tensors that are tuned, as a proxy's that travels. */
  public ThetaConfig tuned() {
    SlmConfig slm = edge.edge().slm();
    return new ThetaConfig(slm.tuning(), slm.lora(), false);
  }

  /** Devices of one group have the same SLM. */
  public int group(int deviceId) {
    return deviceId % edge.slms().size();
  }
}
