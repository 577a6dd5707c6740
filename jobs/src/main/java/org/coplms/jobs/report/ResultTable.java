package org.coplms.jobs.report;

import java.util.List;
import java.util.Optional;
import org.coplms.proxy.metric.Scores;

/** Scores, 0-100, as far as they have been measured. */
public record ResultTable(List<Device> devices, List<Server> servers) {
  public ResultTable {
    devices = List.copyOf(devices);
    servers = List.copyOf(servers);
  }

  public static ResultTable empty() {
    return new ResultTable(List.of(), List.of());
  }

  boolean isEmpty() {
    return devices.isEmpty() && servers.isEmpty();
  }

  /**
   * The SLM of one edge device on that device's questions.
   *
   * @param before as pretrained
   * @param alone tuned on the device's own data only, with the same number of tokens
   * @param cotuned tuned together with the others
   */
  public record Device(
      int device,
      String model,
      Optional<Scores> before,
      Optional<Scores> alone,
      Optional<Scores> cotuned) {}

  /**
   * A server model on one slice of the all-domain test questions.
   *
   * @param model "LLM" or "DPM"
   * @param before before the first round
   * @param after after the last round
   */
  public record Server(
      String model, Slice slice, Optional<Scores> before, Optional<Scores> after) {}

  /** Which test questions were counted. */
  public enum Slice {
    ALL("all domains"),
    KNOWN("domains known to the LLM"),
    DEVICE_ONLY("device-only domains");

    private final String label;

    Slice(String label) {
      this.label = label;
    }

    String label() {
      return label;
    }
  }
}
