package org.coplms.jobs.models;

import ai.djl.ndarray.NDManager;
import org.apache.hadoop.conf.Configuration;
import org.coplms.proxy.lm.LanguageModel;
import org.coplms.proxy.lora.PeftAdapter;
import org.coplms.proxy.tensor.Precision;
import org.coplms.proxy.tensor.TensorFiles;
import org.coplms.proxy.tensor.Weights;
import org.coplms.proxy.train.BaseModel;
import org.coplms.proxy.train.Compute;
import org.coplms.udfs.model.Companions;
import org.coplms.udfs.model.ModelFolder;
import org.coplms.udfs.model.PeftFolder;
import org.coplms.udfs.model.TorchDtype;
import org.coplms.udfs.store.HadoopFiles;

/** A checkpoint with a LoRA of its own folded into the weights, as a new checkpoint. */
public final class FoldedCheckpoint {
  private FoldedCheckpoint() {}

  /**
   * Writes {@code checkpoint} with the LoRA to {@code target}; its other files are copied.
   *
   * @param adapter folder in PEFT's layout
   * @param precision in which the run will hold the weights: float32 keeps every bit of the sum,
   *     bfloat16 keeps the checkpoint's own types
   * @return {@code target}
   * @throws IllegalArgumentException when the LoRA is of a model with other modules or sizes
   */
  public static String write(
      String checkpoint, String adapter, String target, Precision precision, Configuration files) {
    PeftAdapter lora = PeftFolder.read(adapter, files);
    BaseModel base = ModelFolder.read(checkpoint, files);
    Compute compute = Compute.oneCore();
    compute.begin();
    try (var tokenizer = base.tokenizer();
        NDManager manager = compute.newManager();
        LanguageModel model = base.instantiate(manager)) {
      attach(lora, adapter, model);
      Companions.copy(checkpoint, target, files);
      Weights stored =
          precision == Precision.FLOAT32
              ? model.merged()
              : model.merged().stored(base.weights()::type);
      TorchDtype.write(target, stored, files);
      TensorFiles.write(stored, name -> HadoopFiles.create(target + "/" + name, files));
    }
    return target;
  }

  private static void attach(PeftAdapter lora, String folder, LanguageModel model) {
    try {
      model.attachLora(lora);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "The adapter in %s, of '%s', is not of this checkpoint: %s"
              .formatted(folder, lora.base(), e.getMessage()),
          e);
    }
  }
}
