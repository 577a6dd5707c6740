package org.coplms.proxy.baseline;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;
import org.coplms.proxy.mutual.TopKCodec;

/**
 * What one model says about public texts: all that travels in FedMKT, either way.
 *
 * @param codec K and vocabulary of the rows
 * @param temperature T of the rows
 * @param entries by the text's id
 */
public record FedMktKnowledge(
    TopKCodec codec, double temperature, SortedMap<String, Entry> entries) {
  private static final int MAGIC = 0x464D4B31; // "FMK1"

  public FedMktKnowledge {
    entries = Collections.unmodifiableSortedMap(new TreeMap<>(entries));
  }

  /**
   * One text.
   *
   * @param crossEntropy mean over the response, in the unit that the run compares by
   * @param rows the logit cache's bytes, one record for each token of the response and EOS
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Entry(float crossEntropy, byte[] rows) {}

  /** The cross-entropy on a text; empty where the model could not read it. */
  public OptionalDouble crossEntropy(String id) {
    Entry entry = entries.get(id);
    return entry == null ? OptionalDouble.empty() : OptionalDouble.of(entry.crossEntropy());
  }

  /**
   * The rows at some positions of a text, in the codec's bytes.
   *
   * @param responseTokens which token of the response each position predicts, 0 being the first
   */
  byte[] rows(String id, int[] responseTokens) {
    byte[] all = entries.get(id).rows();
    int width = codec.bytesPerPosition();
    byte[] chosen = new byte[responseTokens.length * width];
    for (int i = 0; i < responseTokens.length; i++) {
      System.arraycopy(all, responseTokens[i] * width, chosen, i * width, width);
    }
    return chosen;
  }

  /** As it travels: K, vocabulary, T and the texts; big-endian, the rows as the codec has them. */
  public byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(MAGIC);
      out.writeInt(codec.k());
      out.writeInt(codec.vocabSize());
      out.writeDouble(temperature);
      out.writeInt(entries.size());
      for (Map.Entry<String, Entry> entry : entries.entrySet()) {
        out.writeUTF(entry.getKey());
        out.writeFloat(entry.getValue().crossEntropy());
        out.writeInt(entry.getValue().rows().length);
        out.write(entry.getValue().rows());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /**
   * What {@link #toBytes} wrote.
   *
   * @throws IllegalArgumentException when the bytes are something else or cut short
   */
  public static FedMktKnowledge fromBytes(byte[] bytes) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      if (in.readInt() != MAGIC) {
        throw new IOException("they do not begin with FMK1");
      }
      TopKCodec codec = new TopKCodec(in.readInt(), in.readInt());
      double temperature = in.readDouble();
      SortedMap<String, Entry> entries = new TreeMap<>();
      for (int left = in.readInt(); left > 0; left--) {
        entries.put(in.readUTF(), readEntry(in));
      }
      return new FedMktKnowledge(codec, temperature, entries);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "%d bytes are no knowledge of a model: %s".formatted(bytes.length, e.getMessage()), e);
    }
  }

  private static Entry readEntry(DataInputStream in) throws IOException {
    float crossEntropy = in.readFloat();
    int length = in.readInt();
    if (length < 0 || length > in.available()) {
      throw new IOException("rows of %d bytes in the last %d".formatted(length, in.available()));
    }
    byte[] rows = new byte[length];
    in.readFully(rows);
    return new Entry(crossEntropy, rows);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FedMktKnowledge knowledge
        && Arrays.equals(toBytes(), knowledge.toBytes());
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(toBytes());
  }
}
