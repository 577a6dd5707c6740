package org.coplms.proxy.train;

import ai.djl.ndarray.NDArray;
import java.util.SortedMap;
import org.coplms.proxy.tensor.Bfloat16;

/** Which parameters a phase trains. */
public final class Trainables {
  private Trainables() {}

  /**
   * Lets autograd record these parameters, or freezes them.
   *
   * @throws IllegalArgumentException naming a parameter that is held in bfloat16, to be recorded
   */
  public static void require(SortedMap<String, NDArray> parameters, boolean gradient) {
    parameters.forEach(
        (name, parameter) -> {
          if (gradient && Bfloat16.isTypeOf(parameter)) {
            throw new IllegalArgumentException(
                "%s is frozen in bfloat16 and cannot be trained; set this model's dtype = float32, or its tuning = lora"
                    .formatted(name));
          }
        });
    parameters.values().forEach(parameter -> parameter.setRequiresGradient(gradient));
  }
}
