package org.coplms.proxy.cotune;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.tensor.Safetensors;

/**
 * What an edge device or the server keeps between rounds; a device's state never leaves it.
 *
 * <p>Tensors are grouped by a prefix. A device has {@code slm/} (tuned tensors), {@code
 * slm-adapter/} and {@code dpm-adapter/} (domain adapters); the server has {@code llm/} (the LLM's
 * LoRA); both have {@code adam/}, the moments of the optimizer that goes on in the next round.
 *
 * @param rehearsal generated pairs, oldest first
 * @param tokens tokens that the SLM has been trained on so far; 0 on the server
 * @param seen {@link PromptHash} of every prompt that is not of the device's private data and that
 *     its SLM was trained on or its rehearsal buffer has held, over all rounds; a copy, ascending
 */
public record KeptState(
    SortedMap<String, HostTensor> tensors,
    List<RehearsalPair> rehearsal,
    long tokens,
    SortedSet<Long> seen) {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String REHEARSAL = "rehearsal";
  private static final String TOKENS = "tokens";
  private static final String SEEN = "seen";

  public KeptState {
    seen = Collections.unmodifiableSortedSet(new TreeSet<>(seen));
  }

  /** A state that has seen no prompt but its own. */
  public KeptState(
      SortedMap<String, HostTensor> tensors, List<RehearsalPair> rehearsal, long tokens) {
    this(tensors, rehearsal, tokens, Collections.emptySortedSet());
  }

  /** One safetensors file; the pairs, the counter and the hashes stand in its metadata. */
  public byte[] toBytes() {
    try {
      return Safetensors.toBytes(
          tensors,
          Map.of(
              REHEARSAL,
              JSON.writeValueAsString(rehearsal),
              TOKENS,
              Long.toString(tokens),
              SEEN,
              encode(seen)));
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The state that {@link #toBytes} wrote. */
  public static KeptState fromBytes(byte[] bytes) {
    Map<String, String> metadata = Safetensors.metadata(bytes);
    try {
      return new KeptState(
          Safetensors.fromBytes(bytes),
          JSON.readValue(
              metadata.getOrDefault(REHEARSAL, "[]"), new TypeReference<List<RehearsalPair>>() {}),
          Long.parseLong(metadata.getOrDefault(TOKENS, "0")),
          decode(metadata.getOrDefault(SEEN, "")));
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("The state's rehearsal pairs are damaged", e);
    }
  }

  /** The hashes that {@link #toBytes} wrote, without the tensors: all that exposure asks for. */
  public static SortedSet<Long> seenOf(byte[] bytes) {
    return decode(Safetensors.metadata(bytes).getOrDefault(SEEN, ""));
  }

  /** Base64 of the hashes, ascending, 8 bytes each, big-endian: tensors are float32 only. */
  private static String encode(SortedSet<Long> hashes) {
    ByteBuffer buffer = ByteBuffer.allocate(Math.multiplyExact(hashes.size(), Long.BYTES));
    hashes.forEach(buffer::putLong);
    return Base64.getEncoder().encodeToString(buffer.array());
  }

  private static SortedSet<Long> decode(String encoded) {
    ByteBuffer buffer = ByteBuffer.wrap(Base64.getDecoder().decode(encoded));
    SortedSet<Long> hashes = new TreeSet<>();
    while (buffer.remaining() >= Long.BYTES) {
      hashes.add(buffer.getLong());
    }
    return hashes;
  }

  /** The tensors of one group, without its prefix. */
  public SortedMap<String, HostTensor> group(String prefix) {
    SortedMap<String, HostTensor> group = new TreeMap<>();
    tensors
        .tailMap(prefix + "/")
        .forEach(
            (name, tensor) -> {
              if (name.startsWith(prefix + "/")) {
                group.put(name.substring(prefix.length() + 1), tensor);
              }
            });
    return group;
  }

  /** Adds the tensors of one group under its prefix. */
  public static void putGroup(
      Map<String, HostTensor> target, String group, Map<String, HostTensor> tensors) {
    tensors.forEach((name, tensor) -> target.put(group + "/" + name, tensor));
  }
}
