package org.coplms.jobs.config;

import org.coplms.dataprep.prepare.PrepareSpec;
import org.coplms.dataprep.prepare.SourceSpec;

/**
 * Where examples come from and how edge devices share them.
 *
 * @param devices number of edge devices
 * @param alpha concentration of the Dirichlet distribution over domains: small means unlike devices
 * @param quarantine how many unusable records are put up with
 */
public record DataSettings(int devices, double alpha, Quarantine quarantine, SourceSpec source) {
  /** What becomes of unusable records: they are set aside, up to a share of those read. */
  public record Quarantine(double maxShare) {}

  /** What data preparation is asked for. */
  public PrepareSpec spec(long seed) {
    return new PrepareSpec(seed, source, devices, alpha, quarantine.maxShare());
  }
}
