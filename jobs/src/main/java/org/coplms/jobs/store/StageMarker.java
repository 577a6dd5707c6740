package org.coplms.jobs.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Says that a stage has finished.
 *
 * @param inputs fingerprint of all that the stage depended on
 * @param seconds how long it took, wall clock
 */
public record StageMarker(String stage, String inputs, double seconds) {
  ObjectNode toJson() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("stage", stage)
        .put("inputs", inputs)
        .put("seconds", seconds);
  }

  static StageMarker fromJson(JsonNode tree) {
    return new StageMarker(
        tree.path("stage").asText(), tree.path("inputs").asText(), tree.path("seconds").asDouble());
  }
}
