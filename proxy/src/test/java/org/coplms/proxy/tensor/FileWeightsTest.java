package org.coplms.proxy.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import org.coplms.proxy.tensor.FileWeights.Slot;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Mapped and copied arrays over files; small files are mapped here too, on demand. */
class FileWeightsTest {
  @TempDir Path dir;
  private NDManager manager;

  @BeforeEach
  void open() {
    Torch.beginTask(1);
    manager = Torch.newManager(Torch.defaultDevice());
  }

  @AfterEach
  void close() {
    manager.close();
  }

  @ParameterizedTest
  @EnumSource(ValueType.class)
  void mappedCopiedAndHeapValuesAreTheSame(ValueType type) throws IOException {
    Path file = file(type, 0, 1, -2, 0.5f, 3.140625f, -0f, 0x1p-14f);
    HostTensor expected = weights(file, false).host("t");

    assertThat(expected.toFloats()).containsExactly(1, -2, 0.5f, 3.140625f, -0f, 0x1p-14f);
    assertThat(HostTensor.copyOf(weights(file, true).array("t", manager))).isEqualTo(expected);
    assertThat(HostTensor.copyOf(weights(file, false).array("t", manager))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"F32,1", "F32,2", "F16,1", "BF16,3"})
  void valuesThatBeginAtAnOddByteAreCopied(ValueType type, int padding) throws IOException {
    Weights weights = weights(file(type, padding, 1, -2), true);

    assertThat(weights.array("t", manager).toFloatArray()).containsExactly(1, -2);
  }

  @Test
  void bfloat16IsHeldAsItStandsOrRounded() throws IOException {
    Weights stored = weights(file(ValueType.BF16, 0, 1, -2), true);
    Weights rounded = weights(file(ValueType.F32, 0, 1.001f, -2), true);

    NDArray held = stored.arrays(name -> Precision.BFLOAT16, manager).get("t");
    NDArray narrowed = rounded.arrays(name -> Precision.BFLOAT16, manager).get("t");

    assertThat(Bfloat16.isTypeOf(held)).isTrue();
    assertThat(Bfloat16.widen(held).toFloatArray()).containsExactly(1, -2);
    assertThat(Bfloat16.widen(narrowed).toFloatArray()).containsExactly(1, -2);
  }

  @Test
  void writingToAnArrayChangesNeitherTheFileNorAnotherArray() throws IOException {
    Path file = file(ValueType.F32, 0, 1, 2, 3);
    byte[] before = Files.readAllBytes(file);
    assertThat(file.toFile().setReadOnly()).isTrue();
    Weights weights = weights(file, true);
    NDArray first = weights.array("t", manager);
    NDArray second = weights.array("t", manager);

    Kernels.assign(first, HostTensor.of(new long[] {3}, new float[] {7, 8, 9}));

    assertThat(first.toFloatArray()).containsExactly(7, 8, 9);
    assertThat(second.toFloatArray()).containsExactly(1, 2, 3);
    assertThat(Files.readAllBytes(file)).isEqualTo(before);
  }

  @Test
  void aMappedTensorCanBeTrained() throws IOException {
    NDArray x = weights(file(ValueType.F32, 0, 1, 2, 3), true).array("t", manager);
    x.setRequiresGradient(true);

    Torch.recording(
        () -> {
          Torch.backward(x.mul(x).sum());
          return null;
        });

    assertThat(x.getGradient().toFloatArray()).containsExactly(2, 4, 6);
  }

  @Test
  void theMappingEndsWithItsArray() throws IOException {
    org.junit.jupiter.api.Assumptions.assumeTrue(Files.exists(Path.of("/proc/self/maps")));
    Path file = file(ValueType.F32, 0, 1, 2, 3);
    try (NDManager task = manager.newSubManager()) {
      weights(file, true).array("t", task);
      assertThat(mappings(file)).isEqualTo(manager.getDevice().isGpu() ? 0 : 1);
    }
    assertThat(mappings(file)).isZero();
  }

  @Test
  void aPathMayHoldAnyCharacter() throws IOException {
    Path file = Files.move(file(ValueType.F32, 0, 5), dir.resolve("wä ights – 模型.safetensors"));

    assertThat(weights(file, true).array("t", manager).toFloatArray()).containsExactly(5);
  }

  @Test
  void aFileThatWasCutAfterItsHeaderWasReadIsNamed() throws IOException {
    Path file = file(ValueType.F32, 0, 1, 2, 3);
    Weights weights = weights(file, true);
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length - 4));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> weights.array("t", manager))
        .withMessageContaining(file.toString())
        .withMessageContaining("was replaced, cut or deleted after it was opened");
  }

  private long mappings(Path file) throws IOException {
    return Files.readAllLines(Path.of("/proc/self/maps")).stream()
        .filter(line -> line.endsWith(file.toString()))
        .count();
  }

  private static Weights weights(Path file, boolean mapped) {
    TensorFile tensors = TensorFile.open(file);
    SortedMap<String, Slot> slots = new TreeMap<>();
    tensors.header().entries().forEach((name, entry) -> slots.put(name, new Slot(tensors, entry)));
    return new FileWeights(slots, mapped);
  }

  /** A file with one tensor t, whose values begin {@code padding} bytes after a multiple of 8. */
  private Path file(ValueType type, int padding, float... values) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * type.byteSize()).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      switch (type) {
        case F32 -> bytes.putFloat(value);
        case BF16 -> bytes.putShort((short) (Float.floatToRawIntBits(value) >> 16));
        case F16 -> bytes.putShort(half(value));
      }
    }
    String json =
        "{\"t\":{\"dtype\":\"%s\",\"shape\":[%d],\"data_offsets\":[0,%d]}}"
            .formatted(type, values.length, bytes.capacity());
    int length = (json.length() + 7) / 8 * 8 + padding;
    byte[] header = (json + " ".repeat(length - json.length())).getBytes(StandardCharsets.UTF_8);
    return Files.write(
        Files.createTempFile(dir, "t", ".safetensors"),
        ByteBuffer.allocate(8 + length + bytes.capacity())
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(length)
            .put(header)
            .put(bytes.array())
            .array());
  }

  /** Of values that half precision holds exactly and that are no subnormals. */
  private static short half(float value) {
    int bits = Float.floatToRawIntBits(value);
    int exponent = ((bits >> 23) & 0xff) - 127 + 15;
    int magnitude = value == 0 ? 0 : (exponent << 10) | ((bits >> 13) & 0x3ff);
    return (short) (((bits >>> 16) & 0x8000) | magnitude);
  }
}
