package org.coplms.udfs.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.RawLocalFileSystem;

/**
 * Files that must be on this machine's disk, because they are mapped into memory.
 *
 * <p>A file of another file system is copied once per machine into a folder that all its JVMs
 * share: under the hash of its content, found by its path, length and modification time. A lock on
 * a file of that name lets one JVM copy while the others wait; a copy appears by a rename of the
 * local disk. Nothing is deleted here.
 */
public final class LocalCopies {
  /** Hadoop property that names the folder of the copies. */
  public static final String FOLDER = "coplms.local-copies";

  private static final String DEFAULT_FOLDER = "~/.cache/coplms/files";

  private LocalCopies() {}

  /**
   * The file on this machine's disk: itself where it stands there, its copy otherwise.
   *
   * @throws UncheckedIOException naming the path
   */
  public static Path path(String path, Configuration configuration) {
    org.apache.hadoop.fs.Path file = new org.apache.hadoop.fs.Path(path);
    try {
      FileSystem files = HadoopFiles.fileSystem(file, configuration);
      if (files instanceof RawLocalFileSystem local) {
        return local.pathToFile(file).toPath();
      }
      return copy(files, files.getFileStatus(file), folder(configuration));
    } catch (IOException e) {
      throw new UncheckedIOException(
          new IOException("Cannot copy %s to this machine: %s".formatted(path, e.getMessage()), e));
    }
  }

  private static Path folder(Configuration configuration) throws IOException {
    String folder = configuration.getTrimmed(FOLDER, DEFAULT_FOLDER);
    return Files.createDirectories(
        Path.of(
            folder.startsWith("~/")
                ? System.getProperty("user.home") + folder.substring(1)
                : folder));
  }

  /** One copier of this JVM at a time: file locks do not hold between its threads. */
  private static synchronized Path copy(FileSystem files, FileStatus source, Path folder)
      throws IOException {
    String identity =
        source.getPath() + "\n" + source.getLen() + "\n" + source.getModificationTime();
    String key = hex(sha256().digest(identity.getBytes(StandardCharsets.UTF_8)));
    Path link = folder.resolve(key + ".copy");
    try (FileChannel channel =
        FileChannel.open(
            folder.resolve(key + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.lock(); // until the channel is closed
      if (Files.exists(link)) {
        Path copy = folder.resolve(Files.readString(link).strip());
        if (Files.exists(copy) && Files.size(copy) == source.getLen()) {
          return copy;
        }
      }
      Path copy = download(files, source, folder);
      Files.writeString(link, copy.getFileName().toString());
      return copy;
    }
  }

  private static Path download(FileSystem files, FileStatus source, Path folder)
      throws IOException {
    long free = Files.getFileStore(folder).getUsableSpace();
    if (free < source.getLen()) {
      throw new IOException(
          "it has %d bytes, %d are free in %s; choose a larger disk with spark.hadoop.%s"
              .formatted(source.getLen(), free, folder, FOLDER));
    }
    Path partial = Files.createTempFile(folder, "partial-", "");
    try {
      MessageDigest digest = sha256();
      try (InputStream in = new DigestInputStream(files.open(source.getPath()), digest);
          OutputStream out = Files.newOutputStream(partial)) {
        in.transferTo(out);
      }
      if (Files.size(partial) != source.getLen()) {
        throw new IOException(
            "%d of its %d bytes came".formatted(Files.size(partial), source.getLen()));
      }
      Path copy = folder.resolve(hex(digest.digest()) + ".safetensors");
      return Files.move(partial, copy, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(partial);
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
