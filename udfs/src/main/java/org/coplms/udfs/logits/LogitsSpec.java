package org.coplms.udfs.logits;

import java.io.Serializable;
import java.util.Optional;
import org.coplms.proxy.cotune.ThetaConfig;
import org.coplms.proxy.tokenizer.PromptFormat;
import org.coplms.proxy.train.LossScope;
import org.coplms.udfs.model.ModelLocation;
import org.coplms.udfs.model.TaskSpec;

/**
 * Whose logits to compute, and over which positions.
 *
 * @param statePath server state that holds what was tuned of the model under {@code llm/}; empty
 *     for the model as it was
 * @param tuned which of the model's tensors those are
 */
public record LogitsSpec(
    ModelLocation model,
    String statePath,
    ThetaConfig tuned,
    PromptFormat format,
    LossScope scope,
    int maxTokens,
    int batchSize,
    CacheKey key,
    TaskSpec task)
    implements Serializable {

  /** Path of the state, if any. */
  public Optional<String> state() {
    return Optional.of(statePath).filter(path -> !path.isEmpty());
  }
}
