package org.coplms.dataprep;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
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

  /** Files under a file, folder or glob as Spark sees them (no hidden ones), by path. */
  public static List<FileStatus> list(Configuration hadoop, String glob) {
    Path path = new Path(glob);
    List<FileStatus> found = new ArrayList<>();
    try {
      FileSystem files = path.getFileSystem(hadoop);
      FileStatus[] roots = files.globStatus(path);
      for (FileStatus root : roots == null ? new FileStatus[0] : roots) {
        RemoteIterator<LocatedFileStatus> under = files.listFiles(root.getPath(), true);
        while (under.hasNext()) {
          FileStatus file = under.next();
          if (!isHidden(file.getPath().getName())) {
            found.add(file);
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Listing %s failed".formatted(glob), e);
    }
    found.sort(Comparator.comparing(FileStatus::getPath));
    return found;
  }

  /** Local files as people write them. */
  static String shown(Path path) {
    return "file".equals(path.toUri().getScheme()) ? path.toUri().getPath() : path.toString();
  }

  private static boolean isHidden(String name) {
    return name.startsWith("_") || name.startsWith(".");
  }
}
