package org.coplms.proxy.translate;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.coplms.proxy.lm.LanguageModel;
import org.coplms.proxy.tensor.Torch;
import org.coplms.proxy.tokenizer.LmTokenizer;

/**
 * A decoder as a DJL block for inference: token ids (B, T) int64 in, logits (B, T, V) out.
 *
 * <p>Its weights are no DJL parameters, so DJL neither loads, trains nor saves them. Predictors of
 * one model may run side by side; they take turns.
 */
public final class LanguageModelBlock extends AbstractBlock {
  private final LanguageModel model;
  private final LmTokenizer tokenizer;

  private LanguageModelBlock(LanguageModel model, LmTokenizer tokenizer) {
    this.model = model;
    this.tokenizer = tokenizer;
  }

  /**
   * Reads a local folder: a checkpoint, or a LoRA in PEFT's layout whose base is a local folder;
   * with the domain adapters that it may hold.
   *
   * @param owner of weights and tokenizer
   * @throws IllegalArgumentException naming the file that is missing or wrong
   */
  public static LanguageModelBlock open(Path folder, NDManager owner) {
    LmTokenizer tokenizer = ModelFiles.tokenizer(folder);
    owner.attachInternal("tokenizer of " + folder, tokenizer);
    return new LanguageModelBlock(ModelFiles.model(folder, owner), tokenizer);
  }

  /** Lets one thread at a time work with the model. */
  synchronized List<String> generate(Function<LanguageModel, List<String>> work) {
    return work.apply(model);
  }

  LmTokenizer tokenizer() {
    return tokenizer;
  }

  /** Logits, owned by the manager of the ids. */
  @Override
  protected synchronized NDList forwardInternal(
      ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
    NDArray ids = inputs.singletonOrThrow(); // (B, T)
    return Torch.withoutRecording(
        () -> {
          try (NDManager scope = ids.getManager().newSubManager()) {
            NDArray hidden = model.hidden(ids); // (B, T, H)
            hidden.attach(scope);
            NDArray logits = model.logits(hidden); // (B, T, V)
            logits.attach(ids.getManager());
            return new NDList(logits);
          }
        });
  }

  @Override
  public Shape[] getOutputShapes(Shape[] inputShapes) {
    Shape ids = inputShapes[0];
    return new Shape[] {new Shape(ids.get(0), ids.get(1), model.config().vocabSize())};
  }
}
