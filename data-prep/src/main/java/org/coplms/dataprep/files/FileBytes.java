package org.coplms.dataprep.files;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.io.compress.CompressionCodec;
import org.apache.hadoop.io.compress.CompressionCodecFactory;

/**
 * The bytes of a file, decompressed. An {@link IOException} of theirs means that the file is
 * damaged: a retry would not help. What the file system throws comes as {@link
 * UncheckedIOException} and fails the task, which Spark repeats.
 */
final class FileBytes {
  private FileBytes() {}

  static InputStream open(Configuration hadoop, InputFile file) {
    try {
      InputStream raw = new RawStream(file.path().getFileSystem(hadoop).open(file.path()));
      CompressionCodec codec = new CompressionCodecFactory(hadoop).getCodec(file.path());
      return codec == null ? raw : new LazyStream(codec, raw);
    } catch (IOException e) {
      throw new UncheckedIOException("Opening %s failed".formatted(file.file()), e);
    }
  }

  /** Some codecs read a header when they are opened: that belongs to reading. */
  private static final class LazyStream extends InputStream {
    private final CompressionCodec codec;
    private final InputStream raw;
    private InputStream decompressed;

    LazyStream(CompressionCodec codec, InputStream raw) {
      this.codec = codec;
      this.raw = raw;
    }

    @Override
    public int read() throws IOException {
      return stream().read();
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      try {
        return stream().read(target, offset, length);
      } catch (IndexOutOfBoundsException | IllegalArgumentException | InternalError e) {
        // What decompressors throw at bytes that are not theirs.
        throw new IOException(e.toString(), e);
      }
    }

    private InputStream stream() throws IOException {
      if (decompressed == null) {
        decompressed = codec.createInputStream(raw);
      }
      return decompressed;
    }

    @Override
    public void close() throws IOException {
      if (decompressed != null) {
        decompressed.close();
      }
      raw.close();
    }
  }

  private static final class RawStream extends FilterInputStream {
    RawStream(InputStream in) {
      super(in);
    }

    @Override
    public int read() {
      try {
        return in.read();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public int read(byte[] target, int offset, int length) {
      try {
        return in.read(target, offset, length);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
