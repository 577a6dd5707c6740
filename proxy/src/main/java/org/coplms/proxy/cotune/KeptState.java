package org.coplms.proxy.cotune;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
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
 */
public record KeptState(
    SortedMap<String, HostTensor> tensors, List<RehearsalPair> rehearsal, long tokens) {
  private static final JsonMapper JSON = new JsonMapper();

  /** One safetensors file; the pairs and the counter stand in its metadata. */
  public byte[] toBytes() {
    try {
      return Safetensors.toBytes(
          tensors,
          Map.of("rehearsal", JSON.writeValueAsString(rehearsal), "tokens", Long.toString(tokens)));
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
              metadata.getOrDefault("rehearsal", "[]"),
              new TypeReference<List<RehearsalPair>>() {}),
          Long.parseLong(metadata.getOrDefault("tokens", "0")));
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("The state's rehearsal pairs are damaged", e);
    }
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

  static void putGroup(
      Map<String, HostTensor> target, String group, Map<String, HostTensor> tensors) {
    tensors.forEach((name, tensor) -> target.put(group + "/" + name, tensor));
  }
}
