package org.coplms.udfs.generate;

import java.io.Serializable;
import org.coplms.proxy.lm.Decoding;
import org.coplms.proxy.tokenizer.PromptFormat;
import org.coplms.udfs.answer.AnsweringModel;
import org.coplms.udfs.model.TaskSpec;

/**
 * How texts are generated.
 *
 * @param device edge device whose model answers; {@link #SERVER} for a model of the server
 * @param batchSize prompts answered at once
 * @param seed the draws for a prompt depend on it and on the prompt's text, and on nothing else
 */
public record GenerateSpec(
    AnsweringModel model,
    int device,
    PromptFormat format,
    Decoding decoding,
    int batchSize,
    long seed,
    TaskSpec task)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Device of a model of the server. */
  public static final int SERVER = -1;

  /** Checks the batch size. */
  public GenerateSpec {
    if (batchSize < 1) {
      throw new IllegalArgumentException("batch-size must be at least 1, got " + batchSize);
    }
  }
}
