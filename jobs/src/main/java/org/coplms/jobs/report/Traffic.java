package org.coplms.jobs.report;

import java.util.List;
import org.coplms.jobs.store.Crossing;

/**
 * What crossed the line between edge and server, and what other exchanges would have cost.
 *
 * @param alternatives for example all SLM weights, all LLM weights
 */
public record Traffic(List<Crossing> ledger, List<Alternative> alternatives) {
  public Traffic {
    ledger = List.copyOf(ledger);
    alternatives = List.copyOf(alternatives);
  }

  public static Traffic empty() {
    return new Traffic(List.of(), List.of());
  }

  /**
   * An exchange that did not happen.
   *
   * @param name for example "all SLM weights"
   * @param upBytesPerRound over all devices that take part in a round
   * @param downBytesPerRound over all devices that take part in a round
   */
  public record Alternative(String name, long upBytesPerRound, long downBytesPerRound) {}
}
