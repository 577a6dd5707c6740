package org.coplms.proxy.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;

/**
 * A safetensors file on a local disk whose header has been read.
 *
 * @param version of the file whose header this is
 */
record TensorFile(Path path, SafetensorsHeader header, Version version) {
  private static final int PIECE_BYTES = 1 << 20;

  /** What changes when a file is replaced, cut or written to. */
  record Version(long size, FileTime modified, Object key) {
    static Version of(Path path) throws IOException {
      BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
      return new Version(now.size(), now.lastModifiedTime(), now.fileKey());
    }
  }

  /** Takes a tensor's bytes in order. */
  @FunctionalInterface
  interface Pieces {
    void accept(byte[] piece, int length) throws IOException;
  }

  /**
   * Reads the header.
   *
   * @throws IllegalArgumentException when the file is truncated or not of this format
   * @throws UncheckedIOException when it cannot be read
   */
  static TensorFile open(Path path) {
    try (FileChannel channel = FileChannel.open(path)) {
      Version version = Version.of(path);
      Channel source = new Channel(path, channel, version.size());
      return new TensorFile(path, SafetensorsHeader.read(source), version);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the tensors of " + path, e);
    }
  }

  String name() {
    return path.toString();
  }

  /** Whether the file is still the one that was opened. */
  boolean isCurrent() {
    try {
      return Version.of(path).equals(version);
    } catch (IOException e) {
      return false;
    }
  }

  /** Another file's values under this header would be wrong, and nothing would say so. */
  private void requireCurrent() {
    if (!isCurrent()) {
      throw new IllegalArgumentException(
          "%s was replaced, cut or deleted after it was opened; leave a model's files alone while a run uses them, and start again"
              .formatted(path));
    }
  }

  /** Byte of the file at which a tensor begins. */
  long position(SafetensorsHeader.Entry entry) {
    return header.dataStart() + entry.begin();
  }

  /** Whether a tensor begins at a multiple of its values' size; old writers did not see to it. */
  boolean isAligned(SafetensorsHeader.Entry entry) {
    return position(entry) % entry.type().byteSize() == 0;
  }

  /** The whole file as values of one type, mapped; owned by {@code scope}, on the CPU. */
  NDArray map(ValueType type, NDManager scope) {
    requireCurrent();
    return TorchFiles.map(path, type, version.size() / type.byteSize(), scope);
  }

  /** Reads a tensor's bytes piece by piece. */
  void read(SafetensorsHeader.Entry entry, Pieces pieces) throws IOException {
    requireCurrent();
    byte[] piece = new byte[PIECE_BYTES];
    try (FileChannel channel = FileChannel.open(path)) {
      long end = position(entry) + entry.byteSize();
      int length;
      for (long at = position(entry); at < end; at += length) {
        length = (int) Math.min(PIECE_BYTES, end - at);
        fill(ByteBuffer.wrap(piece, 0, length), at, channel);
        pieces.accept(piece, length);
      }
    }
  }

  private static void fill(ByteBuffer buffer, long position, FileChannel channel)
      throws IOException {
    int start = buffer.position();
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, position + buffer.position() - start) < 0) {
        throw new EOFException("it ends at byte " + channel.size());
      }
    }
  }

  private record Channel(Path path, FileChannel channel, long size) implements Safetensors.Source {
    @Override
    public String name() {
      return path.toString();
    }

    @Override
    public ByteBuffer slice(long offset, int length) {
      ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
      try {
        fill(bytes, offset, channel);
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot read %d bytes of %s".formatted(length, path), e);
      }
      return bytes.flip();
    }
  }
}
