package org.coplms.jobs.models;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Hugging Face configurations by name: of {@code conf/} in the jar, or a local file. */
public final class ModelConfigs {
  private ModelConfigs() {}

  /**
   * The JSON text.
   *
   * @throws IllegalArgumentException when there is neither such a resource nor such a file
   */
  public static String read(String name) {
    try (InputStream resource =
        ModelConfigs.class.getResourceAsStream("/org/coplms/conf/" + name)) {
      if (resource != null) {
        return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
      }
      Path file = Path.of(name);
      if (!Files.exists(file)) {
        throw new IllegalArgumentException(
            "Model configuration '%s' is neither a file of conf/ nor a path; check the models in the configuration"
                .formatted(name));
      }
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read model configuration " + name, e);
    }
  }
}
