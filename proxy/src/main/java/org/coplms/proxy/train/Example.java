package org.coplms.proxy.train;

import java.io.Serializable;
import java.util.List;

/** A question with its accepted answers; the first answer is the one that is learned. */
public record Example(String id, String domain, String prompt, List<String> responses)
    implements Serializable {
  public Example {
    responses = List.copyOf(responses);
    if (responses.isEmpty()) {
      throw new IllegalArgumentException(
          "Example %s has no response; every example needs at least one".formatted(id));
    }
  }

  /** The answer that is learned. */
  public String response() {
    return responses.get(0);
  }
}
