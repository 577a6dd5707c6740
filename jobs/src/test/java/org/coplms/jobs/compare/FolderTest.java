package org.coplms.jobs.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.coplms.jobs.config.ConfigLayers;
import org.coplms.jobs.config.Settings;
import org.coplms.jobs.store.RunStore;
import org.coplms.jobs.store.RunStoreException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderTest {
  private static final Configuration FILES = new Configuration();

  @TempDir Path root;

  @Test
  void aCellsBaseIsFoundAgain() {
    RunStore cell = cell("co-plms", Map.of("cotune.rounds", "2"));
    cell("other-data", Map.of("data.alpha", "0.5"));

    assertThat(Folder.baseOf(cell.root(), FILES)).contains(cell.base().root());
    assertThat(Folder.baseOf(cell.base().root(), FILES)).isEmpty();
  }

  @Test
  void aCellThatWasTakenOutOfItsComparisonIsRefused() throws Exception {
    RunStore cell = cell("co-plms", Map.of());
    Path alone = root.resolve("alone/cells/seed-17/co-plms");
    Files.createDirectories(alone);
    Files.copy(Path.of(java.net.URI.create(cell.root() + "/run.json")), alone.resolve("run.json"));

    assertThatThrownBy(() -> Folder.baseOf(alone.toString(), FILES))
        .isInstanceOf(RunStoreException.class)
        .hasMessageContaining("alone/bases");
  }

  private RunStore cell(String method, Map<String, String> flags) {
    Settings settings = ConfigLayers.ofDefaults(flags).bind(Settings.class);
    return new Folder(root.toString(), new TreeMap<>(), FILES).cell(method, settings);
  }
}
