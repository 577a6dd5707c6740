package org.coplms.udfs.logits;

import java.io.Serializable;
import java.util.Optional;
import org.coplms.proxy.lora.LoraConfig;
import org.coplms.proxy.tokenizer.TextFormat;
import org.coplms.proxy.train.LossScope;
import org.coplms.udfs.model.ModelLocation;
import org.coplms.udfs.model.TaskSpec;

/**
 * Whose logits to compute, and over which positions.
 *
 * @param loraStatePath server state that holds the model's LoRA under {@code llm/}; empty for none
 */
public record LogitsSpec(
    ModelLocation model,
    String loraStatePath,
    LoraConfig lora,
    TextFormat format,
    LossScope scope,
    int maxTokens,
    int batchSize,
    CacheKey key,
    TaskSpec task)
    implements Serializable {

  /** Path of the LoRA, if any. */
  public Optional<String> loraState() {
    return Optional.of(loraStatePath).filter(path -> !path.isEmpty());
  }
}
