package org.coplms.udfs.baseline;

import java.io.Serializable;
import java.util.Optional;
import org.coplms.udfs.edge.RoundFolders;
import org.coplms.udfs.server.ServerSpec;

/**
 * Where FedMKT's files of a round stand.
 *
 * @param previous folder of the last committed round, empty before the first round
 * @param current folder of this one
 */
public record FedMktFolders(String previous, String current) implements Serializable {
  private static final String DEVICES = "/devices";
  private static final String KNOWLEDGE = "/knowledge/";

  /** What a device uploads. */
  public String uploaded(int deviceId) {
    return current + KNOWLEDGE + deviceId + ".bin";
  }

  /** What the server sends to every device. */
  public String sent() {
    return current + KNOWLEDGE + "server.bin";
  }

  /** States and metrics between the phases, no round's end: to be deleted before its commit. */
  public String betweenPhases() {
    return current + "/private-phase";
  }

  /** States and metrics of the devices at the round's end. */
  public String devices() {
    return current + DEVICES;
  }

  Optional<String> previousState(int deviceId) {
    return ofPrevious(RoundFolders.state(previous + DEVICES, deviceId));
  }

  Optional<String> previousServer() {
    return ofPrevious(previous + "/" + ServerSpec.STATE);
  }

  private Optional<String> ofPrevious(String path) {
    return previous.isEmpty() ? Optional.empty() : Optional.of(path);
  }
}
