package org.coplms.jobs.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.coplms.jobs.config.ConfigJson;

/**
 * What {@code _COMMITTED} says of a round: each file's size and SHA-256, and a checksum of the
 * manifest itself, so that one cut short by a crash does not count.
 *
 * @param configuration fingerprint of the configuration that made the round
 */
public record RoundManifest(int round, String configuration, List<StoredFile> files) {
  public RoundManifest {
    files = List.copyOf(files);
  }

  ObjectNode toJson() {
    ObjectNode tree = body();
    tree.put("sha256", ConfigJson.fingerprint(tree));
    return tree;
  }

  /** Reads a manifest; empty if its checksum differs. */
  static Optional<RoundManifest> fromJson(JsonNode tree) {
    List<StoredFile> files = new ArrayList<>();
    for (JsonNode file : tree.path("files")) {
      files.add(
          new StoredFile(
              file.path("name").asText(),
              file.path("bytes").asLong(-1),
              file.path("sha256").asText()));
    }
    RoundManifest manifest =
        new RoundManifest(tree.path("round").asInt(-1), tree.path("configuration").asText(), files);
    boolean whole = ConfigJson.fingerprint(manifest.body()).equals(tree.path("sha256").asText());
    return whole ? Optional.of(manifest) : Optional.empty();
  }

  private ObjectNode body() {
    ObjectNode tree = JsonNodeFactory.instance.objectNode();
    tree.put("round", round);
    tree.put("configuration", configuration);
    for (StoredFile file : files) {
      tree.withArray("files")
          .addObject()
          .put("name", file.name())
          .put("bytes", file.bytes())
          .put("sha256", file.sha256());
    }
    return tree;
  }
}
