package org.coplms.dataprep.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.hadoop.io.compress.CodecPool;
import org.apache.hadoop.io.compress.CompressionCodec;
import org.apache.hadoop.io.compress.CompressionCodecFactory;

/** Finds the files of a specification, looking at names alone. */
final class InputFiles {
  private final ReadSpec spec;
  private final CompressionCodecFactory codecs;
  private final Set<String> checkedCodecs = new HashSet<>();

  private InputFiles(Configuration hadoop, ReadSpec spec) {
    this.spec = spec;
    codecs = new CompressionCodecFactory(hadoop);
  }

  /**
   * The files by path, each with its format.
   *
   * @throws FilesException when there is none, or one whose format or compression is unknown
   */
  static List<InputFile> of(Configuration hadoop, ReadSpec spec) {
    InputFiles files = new InputFiles(hadoop, spec);
    return statuses(hadoop, spec.path()).stream().map(files::input).toList();
  }

  /**
   * Files under a file, folder or glob by path; none whose name, or that of a folder below, begins
   * with a dot or an underscore.
   */
  static List<FileStatus> statuses(Configuration hadoop, String glob) {
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
    if (found.isEmpty()) {
      throw new FilesException(
          "There is no file at %s; correct the path of the files".formatted(glob));
    }
    return List.copyOf(found.values());
  }

  private static boolean isHidden(Path file, Path root) {
    for (Path p = file; p != null && !p.equals(root); p = p.getParent()) {
      if (p.getName().startsWith("_") || p.getName().startsWith(".")) {
        return true;
      }
    }
    return root.equals(file) && (file.getName().startsWith("_") || file.getName().startsWith("."));
  }

  private InputFile input(FileStatus status) {
    Path path = status.getPath();
    CompressionCodec codec = codecs.getCodec(path);
    FileFormat format = format(path, codec != null);
    if (codec != null) {
      requireReadable(path, codec, format);
    }
    return new InputFile(path.toString(), status.getLen(), format, codec != null);
  }

  private FileFormat format(Path path, boolean compressed) {
    if (spec.format() != FileFormat.AUTO) {
      return spec.format();
    }
    String name = compressed ? InputFile.withoutExtension(path.getName()) : path.getName();
    return FileFormat.ofName(name)
        .orElseThrow(
            () ->
                new FilesException(
                    ("The name of %s does not say its format; known are %s, also behind a"
                            + " compression's extension such as .gz. Set format, or give a glob"
                            + " that leaves the file out")
                        .formatted(
                            InputFile.shown(path.toString()),
                            String.join(", ", FileFormat.EXTENSIONS))));
  }

  private void requireReadable(Path path, CompressionCodec codec, FileFormat format) {
    if (format == FileFormat.PARQUET) {
      throw new FilesException(
          "%s is a compressed Parquet file; decompress it, Parquet has compression inside"
              .formatted(InputFile.shown(path.toString())));
    }
    if (!checkedCodecs.add(codec.getDefaultExtension())) {
      return;
    }
    try {
      CodecPool.returnDecompressor(CodecPool.getDecompressor(codec));
    } catch (RuntimeException | LinkageError e) {
      throw new FilesException(
          "%s cannot be decompressed here (%s); compress it as .gz or .bz2"
              .formatted(InputFile.shown(path.toString()), e.getMessage()),
          e);
    }
  }
}
