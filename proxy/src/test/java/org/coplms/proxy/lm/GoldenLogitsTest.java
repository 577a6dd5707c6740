package org.coplms.proxy.lm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Map;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.tensor.Safetensors;
import org.coplms.proxy.tensor.Torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Logits against {@code src/test/golden/decoder_goldens.py}, which names tool and seed. */
class GoldenLogitsTest {
  private static final float TOLERANCE = 1e-4f;

  @BeforeAll
  static void oneThread() {
    Torch.beginTask(1);
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void logitsEqualTheIndependentImplementation(Family family) throws URISyntaxException {
    Path dir =
        Path.of(getClass().getResource("/golden/" + family.modelType() + "/config.json").toURI())
            .getParent();
    Map<String, HostTensor> golden = Safetensors.read(dir.resolve("golden.safetensors"));
    try (NDManager manager = Torch.newManager(Device.cpu());
        LanguageModel model = Checkpoint.load(dir, manager)) {
      NDArray ids = golden.get("input_ids").toArray(manager).toType(DataType.INT64, false);

      float[] logits = model.logits(model.hidden(ids)).toFloatArray();

      assertThat(logits)
          .usingComparatorWithPrecision(TOLERANCE)
          .containsExactly(golden.get("logits").toFloats());
      assertThat(logits[0]).isNotCloseTo(0, within(TOLERANCE));
    }
  }
}
