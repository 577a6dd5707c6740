package org.coplms.proxy.lm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The models that {@code src/test/golden/decoder_goldens.py} wrote: each family, with variants. */
final class Goldens {
  private Goldens() {}

  /** Names, such as {@code llama} and {@code llama-yarn}; what is before the dash is the family. */
  static List<String> names() {
    try (Stream<Path> folders = Files.list(folder("llama").getParent())) {
      return folders.map(folder -> folder.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Path folder(String name) {
    try {
      return Path.of(Goldens.class.getResource("/golden/" + name + "/config.json").toURI())
          .getParent();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  static LmConfig config(String name) {
    return LmConfig.read(folder(name).resolve(Checkpoint.CONFIG));
  }
}
