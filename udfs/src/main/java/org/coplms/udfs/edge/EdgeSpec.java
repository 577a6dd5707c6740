package org.coplms.udfs.edge;

import java.io.Serializable;
import java.util.List;
import org.coplms.proxy.cotune.EdgeConfig;
import org.coplms.proxy.cotune.EdgeTask;
import org.coplms.proxy.cotune.ThetaConfig;
import org.coplms.proxy.tokenizer.PromptFormat;
import org.coplms.udfs.model.ModelLocation;
import org.coplms.udfs.model.TaskSpec;

/**
 * A co-tuning run as every edge device sees it.
 *
 * @param slms SLM of each device; device i runs {@code slms[i mod size]}
 * @param theta the DPM's LoRA
 */
public record EdgeSpec(
    long runSeed,
    int rounds,
    EdgeConfig edge,
    ThetaConfig theta,
    PromptFormat format,
    ModelLocation dpm,
    List<ModelLocation> slms,
    TaskSpec task)
    implements Serializable {
  public EdgeSpec {
    slms = List.copyOf(slms);
  }

  /** The SLM of a device. */
  public ModelLocation slm(int deviceId) {
    return slms.get(deviceId % slms.size());
  }

  /** What a device is asked to do in a round. */
  public EdgeTask edgeTask(int round, int deviceId) {
    return new EdgeTask(runSeed, round, rounds, deviceId, edge, theta, format);
  }
}
