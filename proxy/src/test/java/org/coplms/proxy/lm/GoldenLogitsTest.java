package org.coplms.proxy.lm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.tensor.Safetensors;
import org.coplms.proxy.tensor.Torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Logits and text against {@code src/test/golden/decoder_goldens.py}, which names tool and seed.
 */
class GoldenLogitsTest {
  private static final float TOLERANCE = 1e-4f;

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

  @Test
  void everyFamilyIsChecked() {
    assertThat(Goldens.names())
        .containsAll(Arrays.stream(Family.values()).map(Family::modelType).toList());
  }

  @ParameterizedTest
  @MethodSource("org.coplms.proxy.lm.Goldens#names")
  void logitsEqualTheIndependentImplementation(String name) {
    Path dir = Goldens.folder(name);
    Map<String, HostTensor> golden = Safetensors.read(dir.resolve("golden.safetensors"));
    LanguageModel model = Checkpoint.load(dir, manager);
    NDArray ids = golden.get("input_ids").toArray(manager).toType(DataType.INT64, false);

    float[] logits = model.logits(model.hidden(ids)).toFloatArray();

    assertThat(logits)
        .usingComparatorWithPrecision(TOLERANCE)
        .containsExactly(golden.get("logits").toFloats());
    assertThat(logits[0]).isNotCloseTo(0, within(TOLERANCE));
  }

  @ParameterizedTest
  @MethodSource("org.coplms.proxy.lm.Goldens#names")
  void greedyTextEqualsTheIndependentImplementation(String name) {
    Path dir = Goldens.folder(name);
    HostTensor golden = Safetensors.read(dir.resolve("golden.safetensors")).get("greedy");
    LanguageModel model = Checkpoint.load(dir, manager);
    int rows = (int) golden.dimension(0);
    int length = (int) golden.dimension(1);
    int given = 11;
    KvCache cache = new KvCache(model.config(), rows, length, manager);
    float[] text = new float[rows * length];
    for (int i = 0; i < text.length; i++) {
      text[i] = i % length < given ? golden.at(i) : -1;
    }

    for (int end = given, start = 0; end < length; start = end++) {
      long[] best = best(model, columns(text, rows, start, end), cache);
      for (int row = 0; row < rows; row++) {
        text[row * length + end] = best[row];
      }
    }

    assertThat(text).containsExactly(golden.toFloats());
  }

  private NDArray columns(float[] text, int rows, int start, int end) {
    int length = text.length / rows;
    long[] ids = new long[rows * (end - start)];
    for (int i = 0; i < ids.length; i++) {
      int width = end - start;
      ids[i] = (long) text[i / width * length + start + i % width];
    }
    return manager.create(ids, new Shape(rows, end - start));
  }

  private static long[] best(LanguageModel model, NDArray ids, KvCache cache) {
    return Torch.withoutRecording(
        () -> {
          NDArray logits = model.logits(model.hidden(ids, cache)); // (B, T, V)
          long last = ids.getShape().get(1) - 1;
          return logits.get(":, " + last).argMax(1).toLongArray();
        });
  }
}
