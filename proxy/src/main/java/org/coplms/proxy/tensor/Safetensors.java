package org.coplms.proxy.tensor;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
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
  private Safetensors() {}

  /**
   * Reads every tensor of a file onto the heap; {@link TensorFiles} leaves large ones in their
   * file.
   *
   * @throws IllegalArgumentException when the file is truncated or not of this format
   * @throws UncheckedIOException when it cannot be read
   */
  public static SortedMap<String, HostTensor> read(Path file) {
    return TensorFiles.open(file).toHost();
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
    write(Weights.of(tensors), metadata, out);
  }

  /** Writes header and values, one tensor after the other; the caller closes the stream. */
  public static void write(Weights weights, Map<String, String> metadata, OutputStream out) {
    try {
      writeAll(weights, metadata, out);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Cannot write %d tensors".formatted(weights.names().size()), e);
    }
  }

  static void writeAll(Weights weights, Map<String, String> metadata, OutputStream out)
      throws IOException {
    out.write(SafetensorsHeader.toBytes(weights, metadata));
    for (String name : weights.names()) {
      weights.writeTo(name, out);
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
    return sha256(Weights.of(tensors));
  }

  static String sha256(Weights weights) {
    return ContentHash.of(out -> writeAll(weights, Map.of(), out));
  }

  private static SortedMap<String, HostTensor> read(Source source) {
    SafetensorsHeader header = SafetensorsHeader.read(source);
    SortedMap<String, HostTensor> tensors = new TreeMap<>();
    header
        .entries()
        .forEach(
            (name, entry) -> {
              float[] values = new float[entry.valueCount(source.name())];
              long start = header.dataStart() + entry.begin();
              ByteBuffer bytes = source.slice(start, Math.toIntExact(entry.byteSize()));
              entry.type().decode(bytes, values, 0, values.length);
              tensors.put(name, HostTensor.wrap(entry.shape(), values));
            });
    return tensors;
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
}
