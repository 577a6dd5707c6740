package org.coplms.udfs.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FilterFileSystem;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalCopiesTest {
  @TempDir Path remote;
  @TempDir Path copies;
  private Configuration configuration;

  /** Local files behind a scheme of their own, as another file system would show them. */
  public static final class Remote extends FilterFileSystem {
    public Remote() {
      super(new RawLocalFileSystem());
    }

    @Override
    public String getScheme() {
      return "remote";
    }

    @Override
    public URI getUri() {
      return URI.create("remote:///");
    }

    @Override
    protected void checkPath(org.apache.hadoop.fs.Path path) {
      // every path is of this file system
    }

    @Override
    public org.apache.hadoop.fs.FSDataInputStream open(org.apache.hadoop.fs.Path path, int buffer)
        throws IOException {
      return fs.open(local(path), buffer);
    }

    @Override
    public org.apache.hadoop.fs.FileStatus getFileStatus(org.apache.hadoop.fs.Path path)
        throws IOException {
      return fs.getFileStatus(local(path));
    }

    private static org.apache.hadoop.fs.Path local(org.apache.hadoop.fs.Path path) {
      return new org.apache.hadoop.fs.Path("file", null, path.toUri().getPath());
    }
  }

  @BeforeEach
  void configure() {
    configuration = new Configuration();
    configuration.setClass("fs.remote.impl", Remote.class, org.apache.hadoop.fs.FileSystem.class);
    configuration.set(LocalCopies.FOLDER, copies.toString());
  }

  @Test
  void aFileOfThisMachineIsNotCopied() throws IOException {
    Path file = Files.writeString(remote.resolve("weights"), "abc");
    assertThat(LocalCopies.path(file.toString(), configuration)).isEqualTo(file);
    assertThat(copied()).isEmpty();
  }

  @Test
  void concurrentReadersShareOneCopy() throws IOException {
    Files.writeString(remote.resolve("weights"), "abc");
    List<Path> paths =
        IntStream.range(0, 8).parallel().mapToObj(i -> copyOf("weights")).distinct().toList();
    assertThat(paths).hasSize(1);
    assertThat(paths.get(0)).hasContent("abc");
    assertThat(copied()).hasSize(1);
  }

  @Test
  void equalContentIsKeptOnceAndChangedContentIsCopiedAnew() throws IOException {
    Path file = Files.writeString(remote.resolve("weights"), "abc");
    Files.writeString(remote.resolve("other"), "abc");
    Path first = copyOf("weights");
    assertThat(copyOf("other")).isEqualTo(first);
    Files.writeString(file, "xyz");
    Files.setLastModifiedTime(file, FileTime.fromMillis(1_000));
    assertThat(copyOf("weights")).hasContent("xyz");
    assertThat(first).hasContent("abc");
  }

  @Test
  void aCopyThatWasCutIsReplaced() throws IOException {
    Files.writeString(remote.resolve("weights"), "abc");
    Files.writeString(copyOf("weights"), "a");
    assertThat(copyOf("weights")).hasContent("abc");
  }

  @Test
  void aMissingFileIsNamedAndLeavesNothing() throws IOException {
    assertThatThrownBy(() -> copyOf("nowhere"))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("nowhere");
    assertThat(copied()).isEmpty();
  }

  private Path copyOf(String name) {
    return LocalCopies.path("remote:" + remote.resolve(name), configuration);
  }

  private List<Path> copied() throws IOException {
    try (Stream<Path> files = Files.list(copies)) {
      return files.filter(file -> file.toString().endsWith(".safetensors")).toList();
    }
  }
}
