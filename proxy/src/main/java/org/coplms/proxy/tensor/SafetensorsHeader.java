package org.coplms.proxy.tensor;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a safetensors file says about its values before they come.
 *
 * @param dataStart byte of the file at which the values begin
 */
record SafetensorsHeader(
    SortedMap<String, Entry> entries, SortedMap<String, String> metadata, long dataStart) {

  private static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
  private static final String METADATA = "__metadata__";
  private static final int ALIGNMENT = 8;
  private static final long MAX_LENGTH = 100_000_000;

  /** One tensor; {@code begin} and {@code end} count from the first value of the file. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Entry(ValueType type, long[] shape, long begin, long end) {
    long byteSize() {
      return end - begin;
    }

    /** Number of values, for one array on the heap. */
    int valueCount(String file) {
      long count = byteSize() / type.byteSize();
      if (count > Integer.MAX_VALUE - 8) {
        throw new IllegalArgumentException(
            "A tensor of shape %s in %s is too large for the Java heap"
                .formatted(Arrays.toString(shape), file));
      }
      return (int) count;
    }
  }

  /**
   * Reads and checks a header.
   *
   * @throws IllegalArgumentException when a length, a type, a shape or an offset cannot be
   */
  static SafetensorsHeader read(Safetensors.Source source) {
    long fileSize = source.size();
    if (fileSize < ALIGNMENT) {
      throw corrupt(source, "it has %d bytes, a header needs at least 8".formatted(fileSize));
    }
    long length = source.slice(0, ALIGNMENT).getLong();
    if (length < 2 || length > MAX_LENGTH || length > fileSize - ALIGNMENT) {
      throw corrupt(
          source, "it claims a header of %d bytes in a file of %d".formatted(length, fileSize));
    }
    byte[] json = new byte[(int) length];
    source.slice(ALIGNMENT, json.length).get(json);
    long dataStart = ALIGNMENT + length;
    return parse(tree(json, source), source, dataStart);
  }

  /** The bytes before the values, which follow by name. */
  static byte[] toBytes(Weights weights, Map<String, String> metadata) {
    ObjectNode root = JSON.createObjectNode();
    if (!metadata.isEmpty()) {
      ObjectNode free = root.putObject(METADATA);
      new TreeMap<>(metadata).forEach(free::put);
    }
    long begin = 0;
    for (String name : weights.names()) {
      long end = begin + weights.byteSize(name);
      ObjectNode entry = root.putObject(name);
      entry.put("dtype", weights.type(name).name());
      entry.set("shape", JSON.valueToTree(weights.shape(name)));
      entry.set("data_offsets", JSON.valueToTree(new long[] {begin, end}));
      begin = end;
    }
    byte[] json = root.toString().getBytes(StandardCharsets.UTF_8);
    int padded = (json.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    byte[] bytes =
        ByteBuffer.allocate(ALIGNMENT + padded)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(padded)
            .put(json)
            .array();
    Arrays.fill(bytes, ALIGNMENT + json.length, bytes.length, (byte) ' ');
    return bytes;
  }

  private static JsonNode tree(byte[] json, Safetensors.Source source) {
    try {
      JsonNode root = JSON.readTree(new String(json, StandardCharsets.UTF_8));
      if (root.isObject()) {
        return root;
      }
      throw corrupt(source, "its header is not a JSON object");
    } catch (JsonProcessingException e) {
      throw corrupt(source, "its header is not JSON: " + e.getOriginalMessage());
    }
  }

  private static SafetensorsHeader parse(JsonNode root, Safetensors.Source source, long dataStart) {
    SortedMap<String, Entry> entries = new TreeMap<>();
    SortedMap<String, String> metadata = new TreeMap<>();
    for (Map.Entry<String, JsonNode> field : root.properties()) {
      if (field.getKey().equals(METADATA)) {
        field.getValue().properties().forEach(m -> metadata.put(m.getKey(), m.getValue().asText()));
      } else {
        entries.put(field.getKey(), entry(field.getKey(), field.getValue(), source, dataStart));
      }
    }
    requireApart(entries, source);
    return new SafetensorsHeader(entries, metadata, dataStart);
  }

  private static void requireApart(SortedMap<String, Entry> entries, Safetensors.Source source) {
    List<String> byPlace = new ArrayList<>(entries.keySet());
    byPlace.removeIf(name -> entries.get(name).byteSize() == 0);
    byPlace.sort(Comparator.comparingLong(name -> entries.get(name).begin()));
    for (int i = 1; i < byPlace.size(); i++) {
      if (entries.get(byPlace.get(i)).begin() < entries.get(byPlace.get(i - 1)).end()) {
        throw corrupt(source, "%s and %s overlap".formatted(byPlace.get(i - 1), byPlace.get(i)));
      }
    }
  }

  private static Entry entry(
      String name, JsonNode node, Safetensors.Source source, long dataStart) {
    ValueType type = type(name, node.path("dtype").asText(), source);
    long[] shape = longs(node.path("shape"));
    long[] offsets = longs(node.path("data_offsets"));
    long available = source.size() - dataStart;
    if (offsets.length != 2 || offsets[0] < 0 || offsets[1] < offsets[0]) {
      throw corrupt(source, "%s has offsets %s".formatted(name, Arrays.toString(offsets)));
    }
    if (offsets[1] > available) {
      throw corrupt(
          source,
          "%s ends at byte %d of the values, only %d are there"
              .formatted(name, offsets[1], available));
    }
    if (size(type, shape) != offsets[1] - offsets[0]) {
      throw corrupt(
          source,
          "%s of shape %s and type %s does not fill its %d bytes"
              .formatted(name, Arrays.toString(shape), type, offsets[1] - offsets[0]));
    }
    return new Entry(type, shape, offsets[0], offsets[1]);
  }

  /** Bytes of a tensor, or −1 when its shape cannot be. */
  private static long size(ValueType type, long[] shape) {
    try {
      boolean negative = Arrays.stream(shape).anyMatch(dimension -> dimension < 0);
      return negative
          ? -1
          : Arrays.stream(shape).reduce((long) type.byteSize(), Math::multiplyExact);
    } catch (ArithmeticException e) {
      return -1;
    }
  }

  private static ValueType type(String name, String dtype, Safetensors.Source source) {
    return Arrays.stream(ValueType.values())
        .filter(type -> type.name().equals(dtype))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "Tensor %s in %s has type '%s'; F32, F16 and BF16 are supported, convert it"
                        .formatted(name, source.name(), dtype)));
  }

  private static long[] longs(JsonNode array) {
    long[] values = new long[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).canConvertToLong() ? array.get(i).longValue() : -1;
    }
    return values;
  }

  private static IllegalArgumentException corrupt(Safetensors.Source source, String problem) {
    return new IllegalArgumentException(
        "%s is no complete safetensors file: %s; copy or write it again"
            .formatted(source.name(), problem));
  }
}
