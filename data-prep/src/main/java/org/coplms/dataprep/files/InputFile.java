package org.coplms.dataprep.files;

import java.io.Serializable;
import org.apache.hadoop.fs.Path;

/**
 * A file to read.
 *
 * @param file its URI
 * @param format never {@link FileFormat#AUTO}
 */
record InputFile(String file, long bytes, FileFormat format, boolean compressed)
    implements Serializable {
  Path path() {
    return new Path(file);
  }

  /** Whether blocks of it can be read on their own. */
  boolean isSplittable(ReadSpec spec) {
    boolean lines = format == FileFormat.JSONL || (format.isDelimited() && !spec.csv().multiLine());
    return lines && !compressed;
  }

  /** Its name without the extensions of compression and format. */
  String stem() {
    return stem(path().getName(), compressed);
  }

  static String stem(String name, boolean compressed) {
    String inner = compressed ? withoutExtension(name) : name;
    return withoutExtension(inner);
  }

  /** A local file as people write it. */
  static String shown(String file) {
    Path path = new Path(file);
    return "file".equals(path.toUri().getScheme()) ? path.toUri().getPath() : path.toString();
  }

  static String withoutExtension(String name) {
    int dot = name.lastIndexOf('.');
    return dot <= 0 ? name : name.substring(0, dot);
  }
}
