package org.coplms.jobs.comparison;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What the prompts that an SLM was trained on, beside its device's own, give away: means over
 * devices.
 *
 * @param seen how many distinct prompts
 * @param otherTrain share of the other devices' training prompts that are among them
 * @param unseenTest share of the other devices' test prompts that are among them; what exceeds it
 *     in {@code otherTrain} was memorised
 * @param ownTest share of the device's own test prompts that are among them
 */
record Exposure(double seen, double otherTrain, double unseenTest, double ownTest) {
  static Exposure of(JsonNode mean) {
    return new Exposure(
        mean.path("seen").asDouble(),
        mean.path("other_train").asDouble(),
        mean.path("unseen_test").asDouble(),
        mean.path("own_test").asDouble());
  }

  static Exposure mean(List<Exposure> all) {
    return new Exposure(
        mean(all, Exposure::seen),
        mean(all, Exposure::otherTrain),
        mean(all, Exposure::unseenTest),
        mean(all, Exposure::ownTest));
  }

  void into(ObjectNode tree) {
    tree.put("seen", Rounded.score(seen));
    tree.put("other_train", Rounded.share(otherTrain));
    tree.put("unseen_test", Rounded.share(unseenTest));
    tree.put("own_test", Rounded.share(ownTest));
  }

  private static double mean(List<Exposure> all, ToDoubleFunction<Exposure> part) {
    return all.stream().mapToDouble(part).average().orElse(0);
  }
}
