package org.coplms.dataprep.duplicates;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Members in a file of the task's temporary folder, read once in the order in which they came. */
final class Overflow implements AutoCloseable {
  private final Path file;
  private DataOutputStream out;
  private DataInputStream in;
  private long unread;

  Overflow() {
    try {
      file = Files.createTempFile("near-duplicates", ".members");
      out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)));
    } catch (IOException e) {
      throw failed("made in " + System.getProperty("java.io.tmpdir"), e);
    }
  }

  void add(Member member) {
    try {
      member.write(out);
      unread++;
    } catch (IOException e) {
      throw failed("written", e);
    }
  }

  boolean hasNext() {
    return unread > 0;
  }

  /** Nothing may be added once this was called. */
  Member next() {
    try {
      if (in == null) {
        out.close();
        in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)));
      }
      unread--;
      return Member.read(in);
    } catch (IOException e) {
      throw failed("read", e);
    }
  }

  @Override
  public void close() {
    try (DataOutputStream written = out;
        DataInputStream read = in) {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw failed("deleted", e);
    }
  }

  private UncheckedIOException failed(String what, IOException cause) {
    return new UncheckedIOException(
        "The members of a group that do not fit in memory could not be %s (%s)"
            .formatted(what, file),
        cause);
  }
}
