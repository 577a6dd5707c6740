package org.coplms.proxy.lm;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.coplms.proxy.tensor.ComputedWeights;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.tensor.Weights;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checkpoints that are larger than the heap of the JVM that loads them. */
class LargeCheckpointTest {
  private static final Pattern OWN_MIB = Pattern.compile("own (-?\\d+) MiB");

  @TempDir Path dir;

  @Test
  void shardsOfTwoHundredMegabytesLoadInASmallHeap() throws Exception {
    long bytes = write(LmConfig.of(Family.LLAMA, 4_000, 1_024, 4, 16, 64), 90_000_000);

    assertThat(bytes).isGreaterThan(200_000_000);
    assertLoads("-Xmx48m", bytes);
  }

  @Test
  @Tag("slow")
  void shardsOfFourGigabytesLoadInHalfAGigabyteOfHeap() throws Exception {
    long bytes = write(LmConfig.of(Family.LLAMA, 16_000, 2_048, 20, 16, 64), 1_500_000_000);

    assertThat(bytes).isGreaterThan(4_000_000_000L);
    assertLoads("-Xmx512m", bytes);
  }

  /** What is the process's own must not hold the weights: they are pages of the files. */
  private void assertLoads(String heap, long bytes) throws Exception {
    String said = load(heap);

    Matcher own = OWN_MIB.matcher(said);
    assertThat(own.find()).as(said).isTrue();
    assertThat(Long.parseLong(own.group(1)) << 20).as(said).isLessThan(allowed(bytes));
    assertThat(said).doesNotContain("sum NaN", "sum 0.0");
    System.out.printf(
        "%d MB with %s: %s", bytes / 1_000_000, heap, said.substring(said.indexOf("sum ")));
  }

  private static long allowed(long bytes) {
    return 150_000_000L + Math.max(bytes / 5, 250_000_000L);
  }

  private String load(String heap) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(heap, "-XX:+UseSerialGC", "-cp", classPath()));
    command.addAll(List.of(LoadLargeModel.class.getName(), dir.toString()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said;
  }

  private static String classPath() {
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
  }

  /** Writes a checkpoint without holding it; gives its size in bytes. */
  private long write(LmConfig config, long maxShardBytes) {
    SortedMap<String, ComputedWeights.Tensor> tensors = new TreeMap<>();
    ParameterLayout.of(config)
        .forEach(
            (name, parameter) ->
                tensors.put(
                    name,
                    new ComputedWeights.Tensor(
                        parameter.shape(), () -> small(parameter.shape(), name))));
    Weights weights = new ComputedWeights(tensors);
    Checkpoint.save(dir, config, weights, maxShardBytes);
    return weights.byteSize();
  }

  /** Values that differ and are quickly made; around one where they scale. */
  private static HostTensor small(long[] shape, String name) {
    float mean = shape.length == 1 ? 1 : 0;
    int size = 1;
    for (long dimension : shape) {
      size = Math.toIntExact(size * dimension);
    }
    float[] values = new float[size];
    int state = name.hashCode();
    for (int i = 0; i < size; i++) {
      state = state * 1_664_525 + 1_013_904_223;
      values[i] = mean + (state >> 16) * 1e-6f;
    }
    return HostTensor.wrap(shape, values);
  }
}
