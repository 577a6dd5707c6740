package org.coplms.proxy.lm;

import java.io.Serializable;

/**
 * A prompt and its response, both made by a model.
 *
 * @param meanLogProb nats per token of the response, EOS included, at temperature 1
 */
public record GeneratedPair(String prompt, String response, double meanLogProb)
    implements Serializable {
  private static final long serialVersionUID = 1L;
}
