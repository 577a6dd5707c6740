package org.coplms.udfs.edge;

import java.io.Serializable;

/**
 * Where the devices' states stand.
 *
 * @param previous folder of the last committed round's device states, empty before the first round
 * @param current folder for this round's
 */
public record RoundFolders(String previous, String current) implements Serializable {

  /** A device's state in a folder. */
  public static String state(String folder, int deviceId) {
    return "%s/%d.safetensors".formatted(folder, deviceId);
  }

  /** A device's metrics in a folder. */
  public static String metrics(String folder, int deviceId) {
    return "%s/%d.metrics.json".formatted(folder, deviceId);
  }
}
