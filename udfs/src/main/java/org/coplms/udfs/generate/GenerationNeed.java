package org.coplms.udfs.generate;

import org.apache.hadoop.conf.Configuration;
import org.coplms.proxy.cotune.TuningScope;
import org.coplms.proxy.lm.LanguageModel;
import org.coplms.proxy.lm.LmConfig;
import org.coplms.udfs.memory.Footprint;
import org.coplms.udfs.memory.Machines;
import org.coplms.udfs.memory.Need;
import org.coplms.udfs.model.ModelFolder;
import org.coplms.udfs.model.ModelLocation;

/**
 * What generating takes at least, before a weight is read.
 *
 * <p>Prompts are not known yet: a batch counts with its responses alone.
 */
public final class GenerationNeed {
  private static final long FLOAT = Float.BYTES;
  private static final int NO_LORA = 0;

  private GenerationNeed() {}

  /**
   * Refuses what would not fit.
   *
   * @param remedy the options that lower it
   * @throws IllegalArgumentException with what is needed, what is there, and the remedy
   */
  public static void require(GenerateSpec spec, Machines machines, String remedy) {
    of(spec, machines, remedy).require(machines.memory());
  }

  static Need of(GenerateSpec spec, Machines machines, String remedy) {
    Configuration files = spec.task().configuration();
    ModelLocation location = spec.model().checkpoint(spec.device());
    LmConfig config = ModelFolder.config(location.path(), files);
    boolean shared =
        !machines.onDevice()
            && ModelFolder.isMapped(location.path(), config, location.precision(), files);
    long parameters = LanguageModel.parameterCount(config);
    Footprint model = new Footprint(config, parameters, location.precision(), shared);
    TuningScope tuning = spec.model().tuning();
    long tokens = Math.min(config.maxPositions(), spec.decoding().maxNewTokens());
    long state = tuning == TuningScope.FULL ? FLOAT * parameters : 0;
    long weights = tuning == TuningScope.FULL ? state : model.weights(TuningScope.LORA, NO_LORA);
    return new Need(
        "Generating",
        model.shared(tuning),
        weights + model.generation(spec.batchSize(), tokens),
        machines.tasks(),
        machines.tasks() * state,
        remedy);
  }
}
