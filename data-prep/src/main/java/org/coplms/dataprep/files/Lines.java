package org.coplms.dataprep.files;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.mapreduce.TaskAttemptID;
import org.apache.hadoop.mapreduce.lib.input.FileSplit;
import org.apache.hadoop.mapreduce.lib.input.LineRecordReader;
import org.apache.hadoop.mapreduce.task.TaskAttemptContextImpl;
import org.apache.hadoop.util.LineReader;

/** The lines that begin in a block, as bytes without their ends and without a byte-order mark. */
abstract sealed class Lines implements Closeable {
  private long number;

  static Lines of(Configuration hadoop, Block block) throws IOException {
    return block.file().compressed()
        ? new Decompressed(FileBytes.open(hadoop, block.file()))
        : new Plain(hadoop, block);
  }

  /** Whether there is another line; it is then the current one. */
  final boolean next() throws IOException {
    boolean found = advance();
    if (found) {
      number++;
    }
    return found;
  }

  /** The current line's number in the block, from 1. */
  final long number() {
    return number;
  }

  /** Where the current line begins in the file, in bytes as decompressed. */
  abstract long offset();

  /** The current line. */
  abstract byte[] bytes();

  abstract boolean advance() throws IOException;

  /** Whether nothing but white space is on a line. */
  static boolean isBlank(byte[] line) {
    for (byte b : line) {
      if (b != ' ' && b != '\t' && b != '\r') {
        return false;
      }
    }
    return true;
  }

  /** Of a block of a file as stored. */
  private static final class Plain extends Lines {
    private final LineRecordReader reader = new LineRecordReader();

    Plain(Configuration hadoop, Block block) throws IOException {
      Configuration allLines = new Configuration(hadoop);
      // Longer lines would be skipped in silence.
      allLines.setInt(LineRecordReader.MAX_LINE_LENGTH, Integer.MAX_VALUE);
      reader.initialize(
          new FileSplit(block.file().path(), block.start(), block.length(), new String[0]),
          new TaskAttemptContextImpl(allLines, new TaskAttemptID()));
    }

    @Override
    boolean advance() throws IOException {
      return reader.nextKeyValue();
    }

    @Override
    long offset() {
      return reader.getCurrentKey().get();
    }

    @Override
    byte[] bytes() {
      return reader.getCurrentValue().copyBytes();
    }

    @Override
    public void close() throws IOException {
      reader.close();
    }
  }

  /** Of a whole file. */
  private static final class Decompressed extends Lines {
    private static final byte[] MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private final LineReader reader;
    private final Text line = new Text();
    private long offset;
    private long next;

    Decompressed(InputStream in) {
      reader = new LineReader(in);
    }

    @Override
    boolean advance() throws IOException {
      offset = next;
      next += reader.readLine(line);
      return next > offset;
    }

    @Override
    long offset() {
      return offset;
    }

    @Override
    byte[] bytes() {
      byte[] bytes = line.copyBytes();
      boolean marked =
          offset == 0
              && bytes.length >= MARK.length
              && Arrays.equals(bytes, 0, MARK.length, MARK, 0, MARK.length);
      return marked ? Arrays.copyOfRange(bytes, MARK.length, bytes.length) : bytes;
    }

    @Override
    public void close() throws IOException {
      reader.close();
    }
  }
}
