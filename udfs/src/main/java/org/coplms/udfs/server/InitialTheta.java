package org.coplms.udfs.server;

import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.coplms.proxy.cotune.ThetaConfig;
import org.coplms.proxy.lm.LanguageModel;
import org.coplms.proxy.lora.LoraConfig;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.tensor.Safetensors;
import org.coplms.proxy.train.Compute;
import org.coplms.udfs.model.ModelCache;
import org.coplms.udfs.model.ModelLocation;
import org.coplms.udfs.model.TaskSpec;

/** θ before the first round, as safetensors bytes; made on an executor. */
public final class InitialTheta {
  private InitialTheta() {}

  /** A LoRA as the seed makes it; one element. */
  public static JavaRDD<byte[]> of(
      JavaSparkContext spark, ModelLocation dpm, LoraConfig theta, long seed, TaskSpec task) {
    return of(spark, dpm, new ThetaConfig(theta, false), seed, task);
  }

  /** A LoRA as the seed makes it, or the DPM's own weights, by θ's scope; one element. */
  public static JavaRDD<byte[]> of(
      JavaSparkContext spark, ModelLocation dpm, ThetaConfig theta, long seed, TaskSpec task) {
    return spark.parallelize(List.of(seed), 1).map(new CreateFn(dpm, theta, task));
  }

  private static final class CreateFn implements Function<Long, byte[]> {
    private static final long serialVersionUID = 1L;

    private final ModelLocation dpm;
    private final ThetaConfig theta;
    private final TaskSpec task;

    CreateFn(ModelLocation dpm, ThetaConfig theta, TaskSpec task) {
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
        theta.attach(model, seed);
        return Safetensors.toBytes(HostTensor.copyOf(theta.parameters(model)), Map.of());
      }
    }
  }
}
