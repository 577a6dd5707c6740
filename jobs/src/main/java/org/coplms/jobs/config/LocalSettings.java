package org.coplms.jobs.config;

import org.coplms.proxy.train.Checks;

/**
 * How SLMs learn in the baselines without a proxy on the devices.
 *
 * @param shared texts that every device learns beside its own examples
 * @param sharedShare share of the batches that is taken from them
 */
public record LocalSettings(Shared shared, double sharedShare) {
  public LocalSettings {
    Checks.share("shared-share", sharedShare);
  }

  /** Texts that are no device's own. */
  public enum Shared {
    NONE,
    /** The server's public examples. */
    PUBLIC,
    /** The public examples and the pairs that the LLM wrote. */
    GENERATED
  }
}
