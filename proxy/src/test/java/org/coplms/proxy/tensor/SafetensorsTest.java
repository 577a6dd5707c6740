package org.coplms.proxy.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsTest {
  private static final HostTensor MATRIX =
      HostTensor.of(new long[] {2, 3}, new float[] {1, -0f, Float.MIN_VALUE, 1e30f, 5, -6});
  private static final HostTensor VECTOR = HostTensor.of(new long[] {1}, new float[] {7});
  private static final HostTensor SCALAR = HostTensor.of(new long[0], new float[] {8});
  private static final HostTensor EMPTY = HostTensor.of(new long[] {0, 4}, new float[0]);

  @Test
  void whatIsWrittenIsReadBackBitForBit(@TempDir Path dir) {
    Map<String, HostTensor> tensors =
        Map.of("b.weight", MATRIX, "a", VECTOR, "ä", SCALAR, "none", EMPTY);
    Path file = dir.resolve("t.safetensors");

    Safetensors.write(tensors, Map.of("format", "pt"), file);

    assertThat(Safetensors.read(file)).isEqualTo(tensors);
  }

  @Test
  void streamsAndBytesHoldTheSame() {
    byte[] bytes = Safetensors.toBytes(Map.of("a", MATRIX), Map.of("k", "v"));

    assertThat(Safetensors.read(new ByteArrayInputStream(bytes)))
        .isEqualTo(Safetensors.fromBytes(bytes))
        .containsEntry("a", MATRIX);
    assertThat(Safetensors.metadata(bytes)).containsExactly(Map.entry("k", "v"));
  }

  @Test
  void bytesDependOnContentAlone() {
    Map<String, HostTensor> oneOrder = new LinkedHashMap<>();
    oneOrder.put("x", MATRIX);
    oneOrder.put("a", VECTOR);
    Map<String, HostTensor> otherOrder = new LinkedHashMap<>();
    otherOrder.put("a", VECTOR);
    otherOrder.put("x", MATRIX);

    assertThat(Safetensors.toBytes(oneOrder, Map.of("p", "1", "q", "2")))
        .isEqualTo(Safetensors.toBytes(otherOrder, Map.of("q", "2", "p", "1")));
  }

  @Test
  void valuesStartAtAMultipleOfEightBytes() {
    for (String name : new String[] {"a", "ab", "abc", "abcd", "abcde"}) {
      byte[] bytes = Safetensors.toBytes(Map.of(name, VECTOR), Map.of());

      assertThat(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong() % 8).isZero();
    }
  }

  @Test
  void theHashSeesNamesShapesAndValues() {
    HostTensor reshaped = HostTensor.of(new long[] {3, 2}, MATRIX.toFloats());

    String hash = Safetensors.sha256(Map.of("a", MATRIX));

    assertThat(hash).hasSize(64).isEqualTo(Safetensors.sha256(Map.of("a", MATRIX)));
    assertThat(hash)
        .isNotEqualTo(Safetensors.sha256(Map.of("b", MATRIX)))
        .isNotEqualTo(Safetensors.sha256(Map.of("a", reshaped)))
        .isNotEqualTo(Safetensors.sha256(Map.of("a", VECTOR)));
  }

  @Test
  void halfPrecisionTypesAreReadExactly() {
    short[] halves = {0x3c00, (short) 0xc000, 0x0001, 0x7bff, 0x7c00, (short) 0x8000};
    short[] brains = {0x3f80, (short) 0xc000, 0x4049};

    assertThat(Safetensors.fromBytes(file("F16", 6, shorts(halves))).get("t").toFloats())
        .containsExactly(1, -2, 0x1p-24f, 65504, Float.POSITIVE_INFINITY, -0f);
    assertThat(Safetensors.fromBytes(file("BF16", 3, shorts(brains))).get("t").toFloats())
        .containsExactly(1, -2, 3.140625f);
  }

  @Test
  void everyTruncationIsReported(@TempDir Path dir) throws IOException {
    byte[] whole = Safetensors.toBytes(Map.of("a", MATRIX), Map.of());
    for (int length = 0; length < whole.length; length++) {
      Path file = Files.write(dir.resolve("cut"), Arrays.copyOf(whole, length));

      assertThatIllegalArgumentException()
          .isThrownBy(() -> Safetensors.read(file))
          .withMessageContaining(file.toString())
          .withMessageContaining("copy or write it again");
    }
  }

  @Test
  void corruptionNamesTheTensorAndTheNumbers() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Safetensors.fromBytes(file("F32", 3, new byte[8])))
        .withMessageContaining("t of shape [3] and type F32 does not fill its 8 bytes");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Safetensors.fromBytes(file("I64", 1, new byte[8])))
        .withMessageContaining("Tensor t")
        .withMessageContaining("'I64'");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Safetensors.fromBytes(withHeader("[]", new byte[0])))
        .withMessageContaining("not a JSON object");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> Safetensors.fromBytes("<!DOCTYPE html><html>".getBytes(StandardCharsets.UTF_8)))
        .withMessageContaining("claims a header of");
  }

  @Test
  void shapesThatCannotBeAreReported() {
    for (String shape : new String[] {"[-1,-2]", "[4611686018427387904,16]", "[\"2\"]"}) {
      String header =
          "{\"t\":{\"dtype\":\"F32\",\"shape\":%s,\"data_offsets\":[0,8]}}".formatted(shape);

      assertThatIllegalArgumentException()
          .isThrownBy(() -> Safetensors.fromBytes(withHeader(header, new byte[8])))
          .withMessageContaining("does not fill its 8 bytes");
    }
  }

  @Test
  void aMissingFileIsNamed(@TempDir Path dir) {
    Path file = dir.resolve("model.safetensors");

    assertThatThrownBy(() -> Safetensors.read(file))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining(file.toString());
  }

  private static byte[] shorts(short... values) {
    ByteBuffer bytes = ByteBuffer.allocate(2 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (short value : values) {
      bytes.putShort(value);
    }
    return bytes.array();
  }

  private static byte[] file(String type, int size, byte[] values) {
    String header =
        "{\"t\":{\"dtype\":\"%s\",\"shape\":[%d],\"data_offsets\":[0,%d]}}"
            .formatted(type, size, values.length);
    return withHeader(header, values);
  }

  private static byte[] withHeader(String header, byte[] values) {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + json.length + values.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(json.length)
        .put(json)
        .put(values)
        .array();
  }
}
