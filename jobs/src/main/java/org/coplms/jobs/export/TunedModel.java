package org.coplms.jobs.export;

import ai.djl.ndarray.NDManager;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import org.coplms.jobs.models.RunModels;
import org.coplms.proxy.lm.LanguageModel;
import org.coplms.proxy.lora.LoraConfig;
import org.coplms.proxy.lora.SavedAdapter;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.train.BaseModel;

/**
 * A model as a round left it.
 *
 * @param device whose it is; empty for the server's
 * @param label for people, such as {@code SLM of edge device 3}
 * @param fileName for folders, such as {@code device-3}
 * @param base the checkpoint under it
 * @param lora how it was tuned; empty where every weight was
 * @param tensors the tuned ones: LoRA factors, or base weights
 * @param adapter domain adapters that change what it says
 */
record TunedModel(
    OptionalInt device,
    String label,
    String fileName,
    RunModels.Entry base,
    Optional<LoraConfig> lora,
    SortedMap<String, HostTensor> tensors,
    Optional<SavedAdapter> adapter) {

  /** The model without its domain adapters; owned by {@code owner}. */
  LanguageModel open(BaseModel checkpoint, NDManager owner) {
    LanguageModel model = checkpoint.instantiate(owner);
    try {
      lora.ifPresent(config -> model.attachLora(config, 0));
      model.setParameters(tensors);
      return model;
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
  }
}
