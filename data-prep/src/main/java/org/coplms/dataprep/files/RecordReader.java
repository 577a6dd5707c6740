package org.coplms.dataprep.files;

import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;

/** Reads the records of one block in their order. */
interface RecordReader extends Closeable {
  /**
   * The next record, or nothing at the end.
   *
   * @throws IOException when the file system fails
   */
  Optional<RawRecord> next() throws IOException;

  static UnusableRecordException broken(String why) {
    return new UnusableRecordException(
        Reason.BROKEN_FILE, "%s; nothing after it in this file could be read".formatted(why));
  }
}
