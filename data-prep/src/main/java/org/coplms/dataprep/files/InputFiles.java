package org.coplms.dataprep.files;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.compress.CodecPool;
import org.apache.hadoop.io.compress.CompressionCodec;
import org.apache.hadoop.io.compress.CompressionCodecFactory;
import org.coplms.dataprep.HadoopFiles;
import org.coplms.dataprep.PreparationException;

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
   * @throws PreparationException when there is none, or one whose format or compression is unknown
   */
  static List<InputFile> of(Configuration hadoop, ReadSpec spec) {
    InputFiles files = new InputFiles(hadoop, spec);
    return statuses(hadoop, spec.path()).stream().map(files::input).toList();
  }

  /**
   * The files under a file, folder or glob.
   *
   * @throws PreparationException when there is none
   */
  static List<FileStatus> statuses(Configuration hadoop, String glob) {
    List<FileStatus> found = HadoopFiles.list(hadoop, glob);
    if (found.isEmpty()) {
      throw new PreparationException(
          "There is no file at %s; correct the path of the files".formatted(glob));
    }
    return found;
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
                new PreparationException(
                    ("The name of %s does not say its format; known are %s, also behind a"
                            + " compression's extension such as .gz. Set format, or give a glob"
                            + " that leaves the file out")
                        .formatted(
                            InputFile.shown(path.toString()),
                            String.join(", ", FileFormat.EXTENSIONS))));
  }

  private void requireReadable(Path path, CompressionCodec codec, FileFormat format) {
    if (format == FileFormat.PARQUET) {
      throw new PreparationException(
          "%s is a compressed Parquet file; decompress it, Parquet has compression inside"
              .formatted(InputFile.shown(path.toString())));
    }
    if (!checkedCodecs.add(codec.getDefaultExtension())) {
      return;
    }
    try {
      CodecPool.returnDecompressor(CodecPool.getDecompressor(codec));
    } catch (RuntimeException | LinkageError e) {
      throw new PreparationException(
          "%s cannot be decompressed here (%s); compress it as .gz or .bz2"
              .formatted(InputFile.shown(path.toString()), e.getMessage()),
          e);
    }
  }
}
