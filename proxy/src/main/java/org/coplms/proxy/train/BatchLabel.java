package org.coplms.proxy.train;

import ai.djl.ndarray.NDArray;
import java.util.List;
import java.util.function.Supplier;
import org.coplms.proxy.tokenizer.TokenizedExample;

/**
 * Names a batch in errors; whoever runs the round adds round and device.
 *
 * @param phase such as "SAML"
 * @param step the batch's number in its phase and round, from 1
 * @param keys of the batch's examples
 */
public record BatchLabel(String phase, long step, List<String> keys) {
  private static final int SHOWN = 5;

  public BatchLabel {
    keys = List.copyOf(keys);
  }

  /** The label of a batch of texts. */
  public static BatchLabel of(String phase, long step, List<TokenizedExample> batch) {
    return new BatchLabel(phase, step, batch.stream().map(TokenizedExample::key).toList());
  }

  /**
   * The value of a loss, to be asked for before it is differentiated.
   *
   * @param name of the loss
   * @param loss shape ()
   * @throws TrainingDivergedException when it is not finite
   */
  public double finite(String name, NDArray loss) {
    float value = loss.getFloat();
    if (!Float.isFinite(value)) {
      throw new TrainingDivergedException(
          "%s: %s is %s; nothing was learned from this batch. Look for weights that are not finite, or lower the learning rate"
              .formatted(this, name, value));
    }
    return value;
  }

  /** Runs {@code body}; a {@link TrainingDivergedException} from it names this batch. */
  public <T> T guard(Supplier<T> body) {
    try {
      return body.get();
    } catch (TrainingDivergedException e) {
      String message = String.valueOf(e.getMessage());
      if (message.startsWith(toString())) {
        throw e;
      }
      throw new TrainingDivergedException(this + ": " + message, e);
    }
  }

  /** Such as {@code SAML, batch 3 (examples a, b, c, d, e and 19 more)}. */
  @Override
  public String toString() {
    String shown = String.join(", ", keys.subList(0, Math.min(SHOWN, keys.size())));
    String more = keys.size() > SHOWN ? " and %d more".formatted(keys.size() - SHOWN) : "";
    return "%s, batch %d (examples %s%s)".formatted(phase, step, shown, more);
  }
}
