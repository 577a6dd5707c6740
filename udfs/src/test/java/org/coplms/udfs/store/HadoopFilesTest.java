package org.coplms.udfs.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.util.SerializableConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HadoopFilesTest {
  private final Configuration configuration = new Configuration();

  @TempDir Path folder;

  @Test
  void readsBackWhatWasWritten() {
    String path = folder.resolve("a/b/state.bin").toUri().toString();
    HadoopFiles.write(path, new byte[] {1, -2, 3}, configuration);
    assertThat(HadoopFiles.exists(path, configuration)).isTrue();
    assertThat(HadoopFiles.read(path, configuration)).containsExactly(1, -2, 3);
  }

  @Test
  void replacesAFileAndLeavesNoCompanions() throws Exception {
    String path = folder.resolve("state.bin").toString();
    HadoopFiles.write(path, "a longer first version".getBytes(UTF_8), configuration);
    HadoopFiles.write(path, "second".getBytes(UTF_8), configuration);
    assertThat(HadoopFiles.read(path, configuration)).asString(UTF_8).isEqualTo("second");
    try (var entries = Files.list(folder)) {
      assertThat(entries.map(entry -> entry.getFileName().toString())).containsExactly("state.bin");
    }
  }

  @Test
  void namesAFileThatIsNotThere() {
    String path = folder.resolve("absent.bin").toString();
    assertThat(HadoopFiles.exists(path, configuration)).isFalse();
    assertThatThrownBy(() -> HadoopFiles.read(path, configuration))
        .isInstanceOf(UncheckedIOException.class)
        .hasCauseInstanceOf(FileNotFoundException.class)
        .hasMessageContaining(path);
  }

  @Test
  void namesAPathThatCannotBeWritten() throws Exception {
    Files.writeString(folder.resolve("file"), "x");
    String path = folder.resolve("file/below").toString();
    assertThatThrownBy(() -> HadoopFiles.write(path, new byte[1], configuration))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining(path);
  }

  @Test
  void deletesFoldersAndIgnoresAbsentOnes() {
    HadoopFiles.write(folder.resolve("round/a").toString(), new byte[1], configuration);
    HadoopFiles.delete(folder.resolve("round").toString(), configuration);
    HadoopFiles.delete(folder.resolve("round").toString(), configuration);
    assertThat(HadoopFiles.exists(folder.resolve("round").toString(), configuration)).isFalse();
  }

  @Test
  void worksWithAConfigurationThatTravelled() throws Exception {
    configuration.set("fs.coplms.test", "kept");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(new SerializableConfiguration(configuration));
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      Configuration travelled = ((SerializableConfiguration) in.readObject()).value();
      String path = folder.resolve("x").toString();
      HadoopFiles.write(path, new byte[] {7}, travelled);
      assertThat(travelled.get("fs.coplms.test")).isEqualTo("kept");
      assertThat(HadoopFiles.read(path, travelled)).containsExactly(7);
    }
  }
}
