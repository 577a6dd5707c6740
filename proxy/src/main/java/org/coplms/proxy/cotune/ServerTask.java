package org.coplms.proxy.cotune;

import java.io.Serializable;
import org.coplms.proxy.tokenizer.PromptFormat;
import org.coplms.proxy.train.Seeds;

/** What the server does after a round's merge; {@code round} is 1 to {@code rounds}. */
public record ServerTask(
    long runSeed,
    int round,
    int rounds,
    ServerConfig server,
    ThetaConfig theta,
    PromptFormat format)
    implements Serializable {
  public long seed(String purpose) {
    return Seeds.of(runSeed, round, Metrics.SERVER, purpose);
  }

  public double progress(int step, int steps) {
    return (round - 1 + (double) step / steps) / rounds;
  }
}
