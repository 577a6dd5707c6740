package org.coplms.udfs.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.tensor.ValueType;
import org.coplms.proxy.tensor.Weights;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TorchDtypeTest {
  private static final Weights WEIGHTS =
      Weights.of(
          Map.of(
              "matrix", HostTensor.of(new long[] {2, 4}, new float[8]),
              "norm", HostTensor.of(new long[] {2}, new float[2])));

  @TempDir Path folder;

  @Test
  void theTypeOfMostBytesIsNamed() throws IOException {
    assertThat(written("{\"torch_dtype\": \"float32\", \"a\": 1}", ValueType.BF16))
        .isEqualToIgnoringWhitespace("{\"torch_dtype\": \"bfloat16\", \"a\": 1}");
    assertThat(written("{\"dtype\": \"bfloat16\"}", ValueType.F16))
        .isEqualToIgnoringWhitespace("{\"dtype\": \"float16\"}");
    assertThat(written("{}", ValueType.F16))
        .isEqualToIgnoringWhitespace("{\"torch_dtype\": \"float16\"}");
  }

  @Test
  void whatAgreesAlreadyStaysAsItIs() throws IOException {
    for (String config : new String[] {"{\"a\":  1}", "{ \"torch_dtype\":\"float32\" }"}) {
      assertThat(written(config, ValueType.F32)).isEqualTo(config);
    }
  }

  /** What becomes of a configuration beside matrices of this type. */
  private String written(String config, ValueType matrices) throws IOException {
    Path file = folder.resolve("config.json");
    Files.writeString(file, config);
    Weights stored = WEIGHTS.stored(name -> name.equals("matrix") ? matrices : ValueType.F32);
    TorchDtype.write(folder.toString(), stored, new Configuration());
    return Files.readString(file);
  }
}
