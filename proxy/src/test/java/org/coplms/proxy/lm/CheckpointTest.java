package org.coplms.proxy.lm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.tensor.Torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CheckpointTest {
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
  @EnumSource(Family.class)
  void aSavedModelIsLoadedBitForBit(Family family, @TempDir Path dir) {
    LanguageModel model = Models.random(family, manager);
    NDArray ids = Models.ids(2, 6, manager);

    Checkpoint.save(dir.resolve("new"), model.config(), model.baseWeights());
    LanguageModel loaded = Checkpoint.load(dir.resolve("new"), manager);

    assertThat(loaded.baseWeights()).isEqualTo(model.baseWeights());
    assertThat(Models.logits(loaded, ids)).containsExactly(Models.logits(model, ids));
  }

  @Test
  void missingUnknownAndMisshapenTensorsAreNamed() {
    LanguageModel model = Models.random(Family.LLAMA, manager);
    SortedMap<String, HostTensor> missing = model.baseWeights();
    missing.remove("model.layers.1.mlp.up_proj.weight");
    SortedMap<String, HostTensor> unknown = model.baseWeights();
    unknown.put("model.layers.2.mlp.up_proj.weight", unknown.get("model.norm.weight"));
    SortedMap<String, HostTensor> misshapen = model.baseWeights();
    misshapen.put("model.embed_tokens.weight", unknown.get("model.norm.weight"));

    assertRefused(model.config(), missing, "model.layers.1.mlp.up_proj.weight is missing");
    assertRefused(model.config(), unknown, "model.layers.2.mlp.up_proj.weight does not belong");
    assertRefused(model.config(), misshapen, "model.embed_tokens.weight has shape [16]");
  }

  @Test
  void publishedVariantsOfNamesAreAccepted() {
    LanguageModel model = Models.random(Family.GPT2, manager);
    Map<String, HostTensor> published = new TreeMap<>();
    model.baseWeights().forEach((name, w) -> published.put(name.replace("transformer.", ""), w));
    published.put("h.0.attn.bias", HostTensor.of(new long[] {1}, new float[1]));
    published.put("lm_head.weight", published.get("wte.weight"));

    assertThat(LanguageModel.of(model.config(), published, manager).baseWeights())
        .isEqualTo(model.baseWeights());
  }

  @Test
  void aTiedHeadThatDiffersFromTheEmbeddingsIsRefused() {
    LanguageModel model = Models.random(Family.QWEN2, manager);
    SortedMap<String, HostTensor> weights = model.baseWeights();
    long[] shape = weights.get("model.embed_tokens.weight").shape();
    weights.put("lm_head.weight", HostTensor.of(shape, new float[(int) (shape[0] * shape[1])]));

    assertRefused(model.config(), weights, "lm_head.weight");
  }

  private void assertRefused(LmConfig config, Map<String, HostTensor> weights, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LanguageModel.of(config, weights, manager))
        .withMessageContaining(message);
  }
}
