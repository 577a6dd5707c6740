package org.coplms.udfs.server;

import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.coplms.proxy.lm.LanguageModel;
import org.coplms.proxy.lora.LoraConfig;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.tensor.Safetensors;
import org.coplms.proxy.train.Compute;
import org.coplms.udfs.model.ModelCache;
import org.coplms.udfs.model.ModelLocation;
import org.coplms.udfs.model.TaskSpec;

/** The DPM's LoRA before the first round, as safetensors bytes; made on an executor. */
public final class InitialTheta {
  private InitialTheta() {}

  /** One element. */
  public static JavaRDD<byte[]> of(
      JavaSparkContext spark, ModelLocation dpm, LoraConfig theta, long seed, TaskSpec task) {
    return spark.parallelize(List.of(seed), 1).map(new CreateFn(dpm, theta, task));
  }

  private static final class CreateFn implements Function<Long, byte[]> {
    private static final long serialVersionUID = 1L;

    private final ModelLocation dpm;
    private final LoraConfig theta;
    private final TaskSpec task;

    CreateFn(ModelLocation dpm, LoraConfig theta, TaskSpec task) {
      this.dpm = dpm;
      this.theta = theta;
      this.task = task;
    }

    @Override
    public byte[] call(Long seed) {
      Compute compute = task.compute();
      compute.begin();
      try (NDManager manager = compute.newManager();
          LanguageModel model = ModelCache.get(dpm, task.configuration()).instantiate(manager)) {
        model.attachLora(theta, seed);
        return Safetensors.toBytes(HostTensor.copyOf(model.loraParameters()), Map.of());
      }
    }
  }
}
