package org.coplms.proxy.lm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.coplms.proxy.distill.DpmInit;
import org.coplms.proxy.lora.LoraConfig;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.tensor.Precision;
import org.coplms.proxy.tensor.Torch;
import org.coplms.proxy.tensor.Weights;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What must hold for every family and for every switch that a family has. */
class FamiliesTest {
  private static final String GOLDENS = "org.coplms.proxy.lm.Goldens#names";

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
  @MethodSource(GOLDENS)
  void theCacheInPiecesOfAnySizeChangesNothing(String name) {
    LanguageModel model = golden(name);
    NDArray ids = Models.ids(2, 12, manager);
    float[] whole = model.hidden(ids).toFloatArray();
    KvCache cache = new KvCache(model.config(), 2, 12, manager);

    NDArray pieces =
        Stream.of("0:5", "5:6", "6:9", "9:10", "10:12")
            .map(piece -> model.hidden(ids.get(new NDIndex(":, " + piece)).duplicate(), cache))
            .reduce((all, piece) -> all.concat(piece, 1))
            .orElseThrow();

    assertThat(pieces.toFloatArray()).usingComparatorWithPrecision(1e-5f).containsExactly(whole);
  }

  @ParameterizedTest
  @MethodSource(GOLDENS)
  void whatIsSavedIsLoadedBitForBit(String name, @TempDir Path dir) {
    LanguageModel model = golden(name);
    NDArray ids = Models.ids(2, 9, manager);

    Checkpoint.save(dir, model.config(), model.baseWeights());
    LanguageModel loaded = Checkpoint.load(dir, manager);

    assertThat(loaded.config()).isEqualTo(model.config());
    assertThat(Models.logits(loaded, ids)).containsExactly(Models.logits(model, ids));
  }

  @ParameterizedTest
  @MethodSource(GOLDENS)
  void loraOnEveryModuleMergesAndAdaptersTakePart(String name) {
    LanguageModel model = golden(name);
    NDArray ids = Models.ids(2, 9, manager);
    float[] base = Models.logits(model, ids);
    model.attachLora(Models.ALL_LINEAR, 1);
    model.attachAdapter(Models.ADAPTER, 2);
    assertThat(Models.logits(model, ids)).containsExactly(base);

    Models.scramble(model, model.loraParameters());
    float[] withLora = Models.logits(model, ids);
    Models.scramble(model, model.adapterParameters());
    float[] withBoth = Models.logits(model, ids);

    LanguageModel merged = LanguageModel.of(model.config(), model.mergedWeights(), manager);
    assertThat(Models.logits(merged, ids))
        .usingComparatorWithPrecision(1e-3f)
        .containsExactly(withLora);
    assertThat(withLora).isNotEqualTo(base);
    assertThat(withBoth).isNotEqualTo(withLora);
  }

  @ParameterizedTest
  @CsvSource({
    "LLAMA,model.layers.1.mlp.gate_proj,7",
    "MISTRAL,model.layers.1.self_attn.v_proj,7",
    "QWEN2,model.layers.1.self_attn.o_proj,7",
    "QWEN3,model.layers.1.self_attn.q_proj,7",
    "GPT2,transformer.h.1.attn.c_attn,4",
    "OPT,model.decoder.layers.1.fc2,6",
    "BLOOM,transformer.h.1.self_attention.query_key_value,4",
    "GPT_NEOX,gpt_neox.layers.1.mlp.dense_4h_to_h,4"
  })
  void loraFindsModulesByTheirPublishedNames(Family family, String module, int perBlock) {
    LanguageModel named = Models.random(family, manager);
    String last = module.substring(module.lastIndexOf('.') + 1);
    named.attachLora(new LoraConfig(2, 4, 0, List.of(last)), 1);
    LanguageModel all = Models.random(family, manager);
    all.attachLora(Models.ALL_LINEAR, 1);

    assertThat(named.loraParameters())
        .hasSize(2 * 2)
        .containsKey("base_model.model." + module + ".lora_A.weight");
    assertThat(all.loraParameters()).hasSize(2 * 2 * perBlock);
  }

  @ParameterizedTest
  @MethodSource(GOLDENS)
  void halfOfTheLayersIsAModel(String name) {
    LmConfig deep = Goldens.config(name).withLayers(5);
    SortedMap<String, HostTensor> weights = LanguageModel.random(deep, 1, manager).baseWeights();

    Weights truncated = DpmInit.truncate(deep, Weights.of(weights), 3);
    LanguageModel half =
        LanguageModel.of(deep.withLayers(3), truncated, Precision.FLOAT32, manager);

    String from = deep.family().layerPrefix(2);
    String to = deep.family().layerPrefix(1);
    SortedMap<String, HostTensor> kept = half.baseWeights();
    assertThat(kept.keySet()).anyMatch(tensor -> tensor.startsWith(to));
    kept.forEach(
        (tensor, value) ->
            assertThat(value)
                .as(tensor)
                .isEqualTo(
                    weights.get(
                        tensor
                            .replace(deep.family().layerPrefix(2), deep.family().layerPrefix(4))
                            .replace(to, from))));
    assertThat(Models.logits(half, Models.ids(1, 7, manager))).doesNotContain(Float.NaN);
  }

  @Test
  void aTruncatedModelKeepsTheWindowsOfItsLayers() {
    LmConfig three = Goldens.config("qwen2-window"); // a window from layer 1 of 3 on

    assertThat(three.window().layers()).containsExactly(false, true, true);
    assertThat(three.withLayers(2).window().layers()).containsExactly(false, true);
    assertThat(three.withLayers(2).window().tokens()).isEqualTo(3);
    assertThat(Goldens.config("mistral").withLayers(1).window().layers()).containsExactly(true);
    assertThat(three.withLayers(1).window()).isEqualTo(SlidingWindow.NONE);
  }

  @Test
  void aTokenBeforeTheWindowIsOutOfSightInEveryLayer() {
    LanguageModel model = LanguageModel.random(Goldens.config("mistral").withLayers(1), 1, manager);
    long[] ids = {1, 2, 3, 4, 5, 6};
    float[] before = model.hidden(manager.create(ids).reshape(1, 6)).toFloatArray();
    ids[1] = 9;

    float[] after = model.hidden(manager.create(ids).reshape(1, 6)).toFloatArray();

    int width = model.config().hiddenSize();
    for (int token = 0; token < 6; token++) { // a window of 4: tokens 1 to 4 see token 1
      boolean same = true;
      for (int i = token * width; i < (token + 1) * width; i++) {
        same &= before[i] == after[i];
      }
      assertThat(same).as("token " + token).isEqualTo(token == 0 || token == 5);
    }
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void weightsOfTheModelWithoutItsHeadAreAccepted(Family family) {
    LanguageModel model = Models.random(family, manager);
    String prefix = family.names().prefix();
    Map<String, HostTensor> bare = new TreeMap<>();
    model
        .baseWeights()
        .forEach(
            (name, w) ->
                bare.put(name.startsWith(prefix) ? name.substring(prefix.length()) : name, w));

    assertThat(bare).doesNotContainKeys(family.names().input().embedding() + ".weight");
    assertThat(LanguageModel.of(model.config(), bare, manager).baseWeights())
        .isEqualTo(model.baseWeights());
  }

  @ParameterizedTest
  @CsvSource({
    "LLAMA,model.layers.0.self_attn.rotary_emb.inv_freq",
    "GPT2,h.0.attn.bias",
    "GPT2,transformer.h.1.attn.masked_bias",
    "GPT_NEOX,gpt_neox.layers.0.attention.bias",
    "GPT_NEOX,gpt_neox.layers.0.attention.masked_bias",
    "GPT_NEOX,gpt_neox.layers.1.attention.rotary_emb.inv_freq"
  })
  void publishedBuffersAreLeftOut(Family family, String buffer) {
    LanguageModel model = Models.random(family, manager);
    SortedMap<String, HostTensor> weights = model.baseWeights();
    weights.put(buffer, HostTensor.of(new long[] {1}, new float[1]));

    assertThat(LanguageModel.of(model.config(), weights, manager).baseWeights())
        .isEqualTo(model.baseWeights());
  }

  @Test
  void aTensorOfAnotherShapeIsNamedWithBothShapes() {
    LanguageModel model = Models.random(Family.OPT, manager);
    SortedMap<String, HostTensor> weights = model.baseWeights();
    String name = "model.decoder.embed_positions.weight"; // two rows more than positions
    weights.put(name, HostTensor.of(new long[] {48, 16}, new float[48 * 16]));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> LanguageModel.of(model.config(), weights, manager))
        .withMessageContaining(name)
        .withMessageContaining("[48, 16]")
        .withMessageContaining("[50, 16]");
  }

  private LanguageModel golden(String name) {
    return Checkpoint.load(Goldens.folder(name), manager);
  }
}
