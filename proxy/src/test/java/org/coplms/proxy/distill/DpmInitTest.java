package org.coplms.proxy.distill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import java.util.SortedMap;
import org.coplms.proxy.lm.Family;
import org.coplms.proxy.lm.LanguageModel;
import org.coplms.proxy.lm.LmConfig;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.tensor.Torch;
import org.coplms.proxy.tensor.Weights;
import org.coplms.proxy.tokenizer.LmTokenizer;
import org.coplms.proxy.train.BaseModel;
import org.coplms.proxy.train.TinyTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class DpmInitTest {
  private static final LmTokenizer TOKENIZER = TinyTask.tokenizer(259);

  @ParameterizedTest
  @CsvSource({"1,2", "4,2", "8,2", "9,3", "12,3", "32,8"})
  void aQuarterOfTheLayersIsTheDefaultAndTwoTheLeast(int llmLayers, int dpmLayers) {
    assertThat(DpmInit.defaultLayers(llmLayers)).isEqualTo(dpmLayers);
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void layersAreSpreadFromTheFirstToTheLast(Family family) {
    BaseModel llm = TinyTask.random(family, 8, 12, TOKENIZER, 1);
    // round(j · 11 / 2)
    assertLayers(llm, 3, 0, 6, 11);
    assertLayers(llm, 2, 0, 11);
    // round(j · 11 / 4) = 0, 2.75, 5.5, 8.25, 11
    assertLayers(llm, 5, 0, 3, 6, 8, 11);
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void everyLayerGivesTheWholeModel(Family family) {
    BaseModel llm = TinyTask.random(family, 8, 12, TOKENIZER, 1);
    assertThat(DpmInit.truncate(llm.config(), llm.weights(), 12).toHost())
        .isEqualTo(llm.hostWeights());
  }

  @Test
  void embeddingsFinalNormAndAnUntiedHeadAreKept() {
    LmConfig untied =
        LmConfig.parse(
            LmConfig.of(Family.LLAMA, 259, 8, 3, 2, 32)
                .toJson()
                .replace("\"tie_word_embeddings\" : true", "\"tie_word_embeddings\" : false"));
    Torch.beginTask(1);
    try (NDManager manager = Torch.newManager(Torch.defaultDevice());
        LanguageModel llm = LanguageModel.random(untied, 1, manager)) {
      SortedMap<String, HostTensor> weights = llm.baseWeights();
      SortedMap<String, HostTensor> dpm = DpmInit.truncate(untied, Weights.of(weights), 2).toHost();
      for (String name : new String[] {"model.embed_tokens", "model.norm", "lm_head"}) {
        assertThat(dpm.get(name + ".weight")).isEqualTo(weights.get(name + ".weight"));
      }
      LanguageModel.of(untied.withLayers(2), dpm, manager).close();
    }
  }

  @ParameterizedTest
  @CsvSource({"1", "13", "0"})
  void aNumberOfLayersThatTheLlmCannotGiveIsRefused(int layers) {
    BaseModel llm = TinyTask.random(Family.LLAMA, 8, 12, TOKENIZER, 1);
    assertThatThrownBy(() -> DpmInit.truncate(llm.config(), llm.weights(), layers))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2..12")
        .hasMessageContaining("got " + layers);
  }

  private static void assertLayers(BaseModel llm, int layers, int... sources) {
    SortedMap<String, HostTensor> dpm =
        DpmInit.truncate(llm.config(), llm.weights(), layers).toHost();
    LmConfig config = llm.config().withLayers(layers);
    for (int layer = 0; layer < layers; layer++) {
      String to = config.family().layerPrefix(layer);
      String from = config.family().layerPrefix(sources[layer]);
      assertThat(dpm.keySet()).anyMatch(name -> name.startsWith(to));
      dpm.forEach(
          (name, tensor) -> {
            if (name.startsWith(to)) {
              String source = from + name.substring(to.length());
              assertThat(tensor)
                  .as("%s from %s", name, source)
                  .isEqualTo(llm.hostWeights().get(source));
            }
          });
    }
    // Complete, and nothing beside it.
    try (NDManager manager = Torch.newManager(Torch.defaultDevice())) {
      LanguageModel.of(config, dpm, manager).close();
    }
  }
}
