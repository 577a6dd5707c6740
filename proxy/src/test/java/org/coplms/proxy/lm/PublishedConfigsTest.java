package org.coplms.proxy.lm;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.SortedMap;
import org.coplms.proxy.lm.ParameterLayout.Parameter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The field sets of published {@code config.json} files: small files written after them, which hold
 * the fields and values of the models that they are named after.
 */
class PublishedConfigsTest {

  /** The last column is the published number of weights, tied ones counted once. */
  @ParameterizedTest
  @CsvSource({
    "llama-3.2-1b,LLAMA,16,64,131072,1235814400",
    "llama-3.2-1b-saved-again,LLAMA,16,64,131072,1235814400",
    "llama-2-7b,LLAMA,32,128,4096,6738415616",
    "tinyllama-1.1b,LLAMA,22,64,2048,1100048384",
    "sheared-llama-1.3b,LLAMA,24,128,4096,1345423360",
    "smollm2-135m,LLAMA,30,64,8192,134515008",
    "mistral-7b-v0.1,MISTRAL,32,128,32768,7241732096",
    "mistral-7b-v0.3,MISTRAL,32,128,32768,7248023552",
    "qwen2.5-0.5b,QWEN2,24,64,32768,494032768",
    "qwen3-0.6b,QWEN3,28,128,40960,596049920",
    "gpt2,GPT2,12,64,1024,124439808",
    "opt-125m,OPT,12,64,2048,125239296",
    "opt-350m,OPT,24,64,2048,331196416",
    "bloom-560m,BLOOM,24,64,2048,559214592",
    "bloom-1b1-saved-again,BLOOM,24,96,2048,1065314304",
    "pythia-160m,GPT_NEOX,12,64,2048,162322944",
    "pythia-160m-saved-again,GPT_NEOX,12,64,2048,162322944"
  })
  void allAreRead(
      String name, Family family, int layers, int headDim, int maxPositions, long weights) {
    LmConfig config = config(name);

    assertThat(config.family()).isEqualTo(family);
    assertThat(config.numLayers()).isEqualTo(layers);
    assertThat(config.headDim()).isEqualTo(headDim);
    assertThat(config.maxPositions()).isEqualTo(maxPositions);
    SortedMap<String, Parameter> layout = ParameterLayout.of(config);
    assertThat(layout.values().stream().mapToLong(PublishedConfigsTest::size).sum())
        .isEqualTo(weights);
    assertThat(LmConfig.parse(config.toJson())).isEqualTo(config);
  }

  @Test
  void whatWasSavedByALaterTransformersIsTheSame() {
    assertThat(config("llama-3.2-1b-saved-again")).isEqualTo(config("llama-3.2-1b"));
    assertThat(config("pythia-160m-saved-again")).isEqualTo(config("pythia-160m"));
  }

  @Test
  void switchesAreRead() {
    assertThat(config("llama-3.2-1b").rope())
        .isEqualTo(new Rope(500_000, 1, new RopeScaling.Llama3(32, 1, 4, 8192)));
    assertThat(config("llama-2-7b").rope()).isEqualTo(Rope.PLAIN);
    assertThat(config("smollm2-135m").rope().theta()).isEqualTo(100_000);
    assertThat(config("mistral-7b-v0.1").window()).isEqualTo(SlidingWindow.from(0, 32, 4096));
    assertThat(config("mistral-7b-v0.3").window()).isEqualTo(SlidingWindow.NONE);
    assertThat(config("qwen2.5-0.5b").window()).isEqualTo(SlidingWindow.NONE);
    assertThat(config("qwen2.5-0.5b").attentionBias()).isTrue();
    assertThat(config("qwen3-0.6b").attentionBias()).isFalse();
    assertThat(config("opt-125m").order()).isEqualTo(BlockOrder.NORM_FIRST);
    assertThat(config("opt-350m").order()).isEqualTo(BlockOrder.NORM_LAST);
    assertThat(config("opt-350m").embeddingSize()).isEqualTo(512);
    assertThat(config("pythia-160m").order()).isEqualTo(BlockOrder.PARALLEL);
    assertThat(config("pythia-160m").rope().dims(64)).isEqualTo(16);
  }

  private static long size(Parameter parameter) {
    long size = 1;
    for (long dimension : parameter.shape()) {
      size *= dimension;
    }
    return size;
  }

  private static LmConfig config(String name) {
    try {
      return LmConfig.read(
          Path.of(PublishedConfigsTest.class.getResource("/configs/" + name + ".json").toURI()));
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
