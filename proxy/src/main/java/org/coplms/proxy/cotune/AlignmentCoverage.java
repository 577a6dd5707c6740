package org.coplms.proxy.cotune;

import java.util.List;
import org.coplms.proxy.tokenizer.TokenizedExample;

/**
 * How much of a set of texts SLM and DPM can be compared on.
 *
 * @param groups aligned groups, one comparison each
 * @param oneToOne groups of one token on each side
 * @param bytes response bytes that either tokenization holds
 * @param coveredBytes response bytes within groups: to the last boundary that both have
 * @param slmTokens response tokens of the SLM, the end of the text included
 * @param dpmTokens the same of the DPM
 */
record AlignmentCoverage(
    long examples,
    long groups,
    long oneToOne,
    long bytes,
    long coveredBytes,
    long slmTokens,
    long dpmTokens) {

  static AlignmentCoverage of(List<PairedExample> pairs) {
    return new AlignmentCoverage(
        pairs.size(),
        pairs.stream().mapToLong(pair -> pair.alignment().groups()).sum(),
        pairs.stream().mapToLong(pair -> pair.alignment().oneToOne()).sum(),
        pairs.stream().mapToLong(p -> Math.max(byteLength(p.slm()), byteLength(p.dpm()))).sum(),
        pairs.stream().mapToLong(AlignmentCoverage::lastCommonEnd).sum(),
        pairs.stream().mapToLong(pair -> pair.slm().responseLength()).sum(),
        pairs.stream().mapToLong(pair -> pair.dpm().responseLength()).sum());
  }

  /**
   * Writes the rows of stage {@code alignment}: {@code groups} per example, {@code one-to-one} of
   * the groups, {@code coverage} of the response bytes, {@code compared-slm} and {@code
   * compared-dpm}: the share of the response tokens whose prediction is compared, and {@code
   * skipped}: the share of the examples that a tokenizer cannot represent or that do not fit.
   *
   * @param prefix of the names, empty for private texts
   * @param offered examples before any was skipped; without any there are no rows
   */
  void observe(Metrics metrics, String prefix, long offered) {
    observe(metrics, prefix + "skipped", offered - examples, offered);
    observe(metrics, prefix + "groups", groups, examples);
    observe(metrics, prefix + "one-to-one", oneToOne, groups);
    observe(metrics, prefix + "coverage", coveredBytes, bytes);
    observe(metrics, prefix + "compared-slm", groups, slmTokens);
    observe(metrics, prefix + "compared-dpm", groups, dpmTokens);
  }

  private static void observe(Metrics metrics, String name, long part, long whole) {
    if (whole > 0) {
      metrics.observe("alignment", name, (double) part / whole);
    }
  }

  private static int byteLength(TokenizedExample example) {
    int[] ends = example.responseEnds();
    return ends.length == 0 ? 0 : ends[ends.length - 1];
  }

  private static int lastCommonEnd(PairedExample pair) {
    int[] slm = pair.slm().responseEnds();
    int[] dpm = pair.dpm().responseEnds();
    int i = slm.length - 1;
    int j = dpm.length - 1;
    while (i >= 0 && j >= 0 && slm[i] != dpm[j]) {
      if (slm[i] > dpm[j]) {
        i--;
      } else {
        j--;
      }
    }
    return i < 0 || j < 0 ? 0 : slm[i];
  }
}
