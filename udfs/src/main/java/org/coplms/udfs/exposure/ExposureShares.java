package org.coplms.udfs.exposure;

import java.io.Serializable;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * What one SLM has met outside its device's private data, or the mean over devices. Shares are of
 * distinct prompts, 0 where there are none.
 *
 * @param seen number of prompts
 * @param otherTrain share of the other devices' training prompts, those of the device's own
 *     training left out, that are among the seen: what leaked
 * @param unseenTest share of the other devices' test prompts, those of any device's training left
 *     out, that are among the seen: what chance alone would give
 * @param ownTest share of the device's own test prompts that are among the seen
 */
public record ExposureShares(double seen, double otherTrain, double unseenTest, double ownTest)
    implements Serializable {

  /** The unweighted mean; zeros of nothing. */
  static ExposureShares mean(Collection<ExposureShares> devices) {
    return new ExposureShares(
        mean(devices, ExposureShares::seen),
        mean(devices, ExposureShares::otherTrain),
        mean(devices, ExposureShares::unseenTest),
        mean(devices, ExposureShares::ownTest));
  }

  private static double mean(
      Collection<ExposureShares> devices, ToDoubleFunction<ExposureShares> part) {
    return devices.stream().mapToDouble(part).average().orElse(0);
  }

  /** By the names of {@code exposure.json}. */
  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("seen", seen);
    json.put("other_train", otherTrain);
    json.put("unseen_test", unseenTest);
    json.put("own_test", ownTest);
    return json;
  }
}
