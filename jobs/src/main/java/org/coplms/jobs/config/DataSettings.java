package org.coplms.jobs.config;

import org.coplms.dataprep.PrepareSpec;
import org.coplms.dataprep.SourceSpec;

/**
 * Where examples come from and how edge devices share them.
 *
 * @param devices number of edge devices
 * @param alpha concentration of the Dirichlet distribution over domains: small means unlike devices
 */
public record DataSettings(int devices, double alpha, SourceSpec source) {

  /** What data preparation is asked for. */
  public PrepareSpec spec(long seed) {
    return new PrepareSpec(seed, source, devices, alpha);
  }
}
