package org.coplms.proxy.tensor;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Hugging Face's safetensors format: 8 bytes with the header's length, a JSON header, the values.
 *
 * <p>Written files are a function of their content: names are sorted, values are little-endian
 * float32, the header is padded with spaces to a multiple of 8 bytes. F32, F16 and BF16 are read,
 * all to float32.
 */
public final class Safetensors {
  private static final int CHUNK_FLOATS = 1 << 14;

  private Safetensors() {}

  /**
   * Reads every tensor of a file, mapping its values instead of loading the file into the heap.
   *
   * @throws IllegalArgumentException when the file is truncated or not of this format
   * @throws UncheckedIOException when it cannot be read
   */
  public static SortedMap<String, HostTensor> read(Path file) {
    try (FileChannel channel = FileChannel.open(file)) {
      return read(new MappedFile(file, channel));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the tensors of " + file, e);
    }
  }

  /** Reads every tensor of a stream to its end; the caller closes the stream. */
  public static SortedMap<String, HostTensor> read(InputStream in) {
    try {
      return fromBytes(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read tensors from a stream", e);
    }
  }

  /** Reads every tensor of a file that is in memory. */
  public static SortedMap<String, HostTensor> fromBytes(byte[] bytes) {
    return read(new HeapBytes(ByteBuffer.wrap(bytes)));
  }

  /** The header's free text, empty when there is none. */
  public static Map<String, String> metadata(byte[] bytes) {
    return SafetensorsHeader.read(new HeapBytes(ByteBuffer.wrap(bytes))).metadata();
  }

  /** Writes to a file, replacing it. */
  public static void write(
      Map<String, HostTensor> tensors, Map<String, String> metadata, Path file) {
    try (OutputStream out = Files.newOutputStream(file)) {
      write(tensors, metadata, out);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write the tensors to " + file, e);
    }
  }

  /** Writes header and values; the caller closes the stream. */
  public static void write(
      Map<String, HostTensor> tensors, Map<String, String> metadata, OutputStream out) {
    SortedMap<String, HostTensor> sorted = new TreeMap<>(tensors);
    try {
      out.write(SafetensorsHeader.toBytes(sorted, metadata));
      for (HostTensor tensor : sorted.values()) {
        writeValues(tensor.toFloats(), out);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write %d tensors".formatted(tensors.size()), e);
    }
  }

  /** The bytes of a file with these tensors. */
  public static byte[] toBytes(Map<String, HostTensor> tensors, Map<String, String> metadata) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    write(tensors, metadata, out);
    return out.toByteArray();
  }

  /** SHA-256, in hex, of names, shapes and values; metadata does not count. */
  public static String sha256(Map<String, HostTensor> tensors) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      write(tensors, Map.of(), new DigestSink(digest));
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }

  private static SortedMap<String, HostTensor> read(Source source) {
    SafetensorsHeader header = SafetensorsHeader.read(source);
    SortedMap<String, HostTensor> tensors = new TreeMap<>();
    header
        .entries()
        .forEach(
            (name, entry) -> {
              ByteBuffer bytes = source.slice(header.dataStart() + entry.begin(), entry.byteSize());
              tensors.put(name, HostTensor.wrap(entry.shape(), entry.type().decode(bytes)));
            });
    return tensors;
  }

  private static void writeValues(float[] values, OutputStream out) throws IOException {
    ByteBuffer chunk =
        ByteBuffer.allocate(CHUNK_FLOATS * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    FloatBuffer floats = chunk.asFloatBuffer();
    for (int start = 0; start < values.length; start += CHUNK_FLOATS) {
      int count = Math.min(CHUNK_FLOATS, values.length - start);
      floats.clear().put(values, start, count);
      out.write(chunk.array(), 0, count * Float.BYTES);
    }
  }

  /** Random access to the bytes of a file, wherever they are. */
  interface Source {
    String name();

    long size();

    /** {@code length} bytes from {@code offset}, little-endian. */
    ByteBuffer slice(long offset, int length);
  }

  private record HeapBytes(ByteBuffer bytes) implements Source {
    @Override
    public String name() {
      return "the given bytes";
    }

    @Override
    public long size() {
      return bytes.capacity();
    }

    @Override
    public ByteBuffer slice(long offset, int length) {
      return bytes.slice(Math.toIntExact(offset), length).order(ByteOrder.LITTLE_ENDIAN);
    }
  }

  private record MappedFile(Path file, FileChannel channel) implements Source {
    @Override
    public String name() {
      return file.toString();
    }

    @Override
    public long size() {
      try {
        return channel.size();
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot read the size of " + file, e);
      }
    }

    @Override
    public ByteBuffer slice(long offset, int length) {
      try {
        return channel.map(MapMode.READ_ONLY, offset, length).order(ByteOrder.LITTLE_ENDIAN);
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot map %d bytes of %s".formatted(length, file), e);
      }
    }
  }

  private static final class DigestSink extends OutputStream {
    private final MessageDigest digest;

    DigestSink(MessageDigest digest) {
      this.digest = digest;
    }

    @Override
    public void write(int b) {
      digest.update((byte) b);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      digest.update(bytes, offset, length);
    }
  }
}
