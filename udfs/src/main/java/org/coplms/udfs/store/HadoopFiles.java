package org.coplms.udfs.store;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Whole files on any Hadoop file system (local, hdfs, s3a, dbfs), addressed by path strings so that
 * executors need no other class.
 *
 * <p>Executors get the {@link Configuration} through Spark's own {@code
 * org.apache.spark.util.SerializableConfiguration}. Nothing relies on an atomic rename: a file that
 * must appear whole is protected by a checksum in the round's manifest. Local files are written
 * without Hadoop's {@code .crc} companions, for the same reason.
 */
public final class HadoopFiles {
  private HadoopFiles() {}

  /**
   * The path as it is understood on every machine and from every working folder.
   *
   * @throws UncheckedIOException when its file system cannot be reached
   */
  public static String absolute(String path, Configuration configuration) {
    Path given = new Path(path);
    if (given.isAbsolute()) {
      return path;
    }
    try {
      return fileSystem(given, configuration).makeQualified(given).toString();
    } catch (IOException e) {
      throw failure("Cannot look up", path, e);
    }
  }

  /**
   * All bytes of a file.
   *
   * @throws UncheckedIOException naming the path, if it does not exist or cannot be read
   */
  public static byte[] read(String path, Configuration configuration) {
    Path file = new Path(path);
    try (FSDataInputStream in = fileSystem(file, configuration).open(file)) {
      return in.readAllBytes();
    } catch (FileNotFoundException e) {
      throw notFound(path, e);
    } catch (IOException e) {
      throw failure("Cannot read", path, e);
    }
  }

  /**
   * Creates or replaces a file, with the folders above it.
   *
   * @throws UncheckedIOException naming the path
   */
  public static void write(String path, byte[] bytes, Configuration configuration) {
    Path file = new Path(path);
    try (FSDataOutputStream out = fileSystem(file, configuration).create(file, true)) {
      out.write(bytes);
    } catch (IOException e) {
      throw failure("Cannot write", path, e);
    }
  }

  /**
   * Creates or replaces a file as a stream, for what the heap should not hold; the caller closes
   * it.
   *
   * @throws UncheckedIOException naming the path
   */
  public static OutputStream create(String path, Configuration configuration) {
    Path file = new Path(path);
    try {
      return fileSystem(file, configuration).create(file, true);
    } catch (IOException e) {
      throw failure("Cannot write", path, e);
    }
  }

  /**
   * Copies a file of any size, creating or replacing the target.
   *
   * @throws UncheckedIOException naming the source, if it does not exist or cannot be copied
   */
  public static void copy(String source, String target, Configuration configuration) {
    Path from = new Path(source);
    try (FSDataInputStream in = fileSystem(from, configuration).open(from);
        OutputStream out = create(target, configuration)) {
      in.transferTo(out);
    } catch (FileNotFoundException e) {
      throw notFound(source, e);
    } catch (IOException e) {
      throw failure("Cannot copy", source, e);
    }
  }

  /**
   * Names in a folder, sorted; none where there is no such folder.
   *
   * @throws UncheckedIOException naming the path
   */
  public static List<String> names(String path, Configuration configuration) {
    Path folder = new Path(path);
    try {
      FileSystem files = fileSystem(folder, configuration);
      FileStatus[] found = files.exists(folder) ? files.listStatus(folder) : new FileStatus[0];
      return Arrays.stream(found).map(status -> status.getPath().getName()).sorted().toList();
    } catch (IOException e) {
      throw failure("Cannot list", path, e);
    }
  }

  /**
   * Whether a file or a folder is there.
   *
   * @throws UncheckedIOException naming the path, if the file system cannot be asked
   */
  public static boolean exists(String path, Configuration configuration) {
    Path file = new Path(path);
    try {
      return fileSystem(file, configuration).exists(file);
    } catch (IOException e) {
      throw failure("Cannot look up", path, e);
    }
  }

  /**
   * Size of a file in bytes.
   *
   * @throws UncheckedIOException naming the path, if it does not exist or cannot be asked for
   */
  public static long length(String path, Configuration configuration) {
    return status(path, configuration).getLen();
  }

  /**
   * When a file was last written, in milliseconds.
   *
   * @throws UncheckedIOException naming the path, if it does not exist or cannot be asked for
   */
  public static long modificationTime(String path, Configuration configuration) {
    return status(path, configuration).getModificationTime();
  }

  private static FileStatus status(String path, Configuration configuration) {
    Path file = new Path(path);
    try {
      return fileSystem(file, configuration).getFileStatus(file);
    } catch (FileNotFoundException e) {
      throw notFound(path, e);
    } catch (IOException e) {
      throw failure("Cannot look up", path, e);
    }
  }

  /**
   * Deletes a file, or a folder with all it holds; does nothing where there is none.
   *
   * @throws UncheckedIOException naming the path
   */
  public static void delete(String path, Configuration configuration) {
    Path file = new Path(path);
    try {
      FileSystem files = fileSystem(file, configuration);
      if (!files.delete(file, true) && files.exists(file)) {
        throw new IOException("the file system kept it");
      }
    } catch (IOException e) {
      throw failure("Cannot delete", path, e);
    }
  }

  /**
   * The file system that holds a path; a local one without checksum companions. Cached by Hadoop:
   * do not close it.
   */
  public static FileSystem fileSystem(Path path, Configuration configuration) throws IOException {
    FileSystem files = path.getFileSystem(configuration);
    return files instanceof LocalFileSystem local ? local.getRawFileSystem() : files;
  }

  private static UncheckedIOException notFound(String path, FileNotFoundException cause) {
    FileNotFoundException named = new FileNotFoundException("File not found: " + path);
    named.initCause(cause);
    return new UncheckedIOException(named);
  }

  private static UncheckedIOException failure(String what, String path, IOException cause) {
    return new UncheckedIOException(
        new IOException(what + " " + path + ": " + cause.getMessage(), cause));
  }
}
