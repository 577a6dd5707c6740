package org.coplms.dataprep;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.spark.sql.SparkSession;
import scala.Option;

/** Small files on any Hadoop file system; nothing here relies on renaming. */
public final class HadoopFiles {
  private HadoopFiles() {}

  /** The running session's configuration, or the machine's where there is none. */
  public static Configuration configuration() {
    Option<SparkSession> session = SparkSession.getDefaultSession();
    return session.isDefined()
        ? session.get().sparkContext().hadoopConfiguration()
        : new Configuration();
  }

  /** The file's text; empty when there is none, or one damaged by an interrupted write. */
  public static Optional<String> readText(Configuration hadoop, Path file) {
    try (InputStream in = file.getFileSystem(hadoop).open(file)) {
      return Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (FileNotFoundException | ChecksumException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("Reading %s failed".formatted(file), e);
    }
  }

  public static void writeText(Configuration hadoop, Path file, String text) {
    try (OutputStream out = file.getFileSystem(hadoop).create(file, true)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("Writing %s failed".formatted(file), e);
    }
  }

  public static boolean exists(Configuration hadoop, String path) {
    try {
      Path file = new Path(path);
      return file.getFileSystem(hadoop).exists(file);
    } catch (IOException e) {
      throw new UncheckedIOException("Looking for %s failed".formatted(path), e);
    }
  }

  public static void delete(Configuration hadoop, Path path) {
    try {
      FileSystem files = path.getFileSystem(hadoop);
      if (!files.delete(path, true) && files.exists(path)) {
        throw new IOException("The file system refused");
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Deleting %s failed".formatted(path), e);
    }
  }

  /**
   * Files under a file, folder or glob by path; none whose name, or that of a folder below, begins
   * with a dot or an underscore.
   */
  public static List<FileStatus> list(Configuration hadoop, String glob) {
    // By path, and once where parts of a glob overlap.
    SortedMap<String, FileStatus> found = new TreeMap<>();
    try {
      Path path = new Path(glob);
      FileSystem files = path.getFileSystem(hadoop);
      FileStatus[] roots = files.globStatus(path);
      for (FileStatus root : roots == null ? new FileStatus[0] : roots) {
        RemoteIterator<LocatedFileStatus> under = files.listFiles(root.getPath(), true);
        while (under.hasNext()) {
          FileStatus file = under.next();
          if (!isHidden(file.getPath(), root.getPath())) {
            found.put(file.getPath().toString(), file);
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Listing %s failed".formatted(glob), e);
    }
    return List.copyOf(found.values());
  }

  /** Local files as people write them. */
  public static String shown(Path path) {
    return "file".equals(path.toUri().getScheme()) ? path.toUri().getPath() : path.toString();
  }

  private static boolean isHidden(Path file, Path root) {
    for (Path p = file; p != null && !p.equals(root); p = p.getParent()) {
      if (isHidden(p.getName())) {
        return true;
      }
    }
    return root.equals(file) && isHidden(file.getName());
  }

  private static boolean isHidden(String name) {
    return name.startsWith("_") || name.startsWith(".");
  }
}
