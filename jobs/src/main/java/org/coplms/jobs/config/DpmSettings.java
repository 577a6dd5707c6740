package org.coplms.jobs.config;

import java.util.Optional;
import org.coplms.proxy.distill.DistillConfig;
import org.coplms.proxy.distill.DpmInit;

/**
 * How the proxy model is made.
 *
 * @param model name of one of {@code models.slms} that serves as the proxy as it is, instead of a
 *     distilled one
 * @param freshConfig Hugging Face configuration of a DPM that starts from random weights
 */
public record DpmSettings(
    Optional<String> model, Optional<String> freshConfig, DistillConfig distill) {
  public DpmSettings {
    if (distill.init() == DpmInit.FRESH && freshConfig.isEmpty()) {
      throw new IllegalArgumentException(
          "distill.init = fresh needs fresh-config, a Hugging Face configuration");
    }
  }
}
