package org.coplms.proxy.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.coplms.proxy.tensor.HostTensor;
import org.junit.jupiter.api.Test;

class PeftAdapterTest {
  private static final List<String> GPT2 =
      List.of(
          "transformer.wte",
          "transformer.h.0.ln_1",
          "transformer.h.0.attn.c_attn",
          "transformer.h.0.attn.c_proj",
          "transformer.h.0.mlp.c_fc",
          "transformer.h.0.mlp.c_proj",
          "transformer.h.1.ln_1",
          "transformer.h.1.attn.c_attn",
          "transformer.h.1.attn.c_proj",
          "transformer.h.1.mlp.c_fc",
          "transformer.h.1.mlp.c_proj");

  /**
   * Names and values of the fields of {@code LoraConfig} in PEFT 0.9.0, copied from its
   * documentation: all that {@code save_pretrained} writes for a plain LoRA of a causal model.
   */
  private static final String PLAIN =
      """
      {"alpha_pattern": {}, "auto_mapping": null, "base_model_name_or_path": "gpt2", "bias": "none",
       "fan_in_fan_out": true, "inference_mode": true, "init_lora_weights": true,
       "layers_pattern": null, "layers_to_transform": null, "loftq_config": {}, "lora_alpha": 16,
       "lora_dropout": 0.1, "megatron_config": null, "megatron_core": "megatron.core",
       "modules_to_save": null, "peft_type": "LORA", "r": 2, "rank_pattern": {}, "revision": null,
       "target_modules": ["c_attn"], "task_type": "CAUSAL_LM", "use_dora": false,
       "use_rslora": false}
      """;

  @Test
  void theConfigurationHasTheFieldsAndValuesThatPeftWrites() throws Exception {
    PeftAdapter adapter =
        PeftAdapter.of(
            "gpt2",
            new LoraConfig(2, 16, 0.1, List.of(LoraConfig.ALL_LINEAR)),
            true,
            factors(2, "transformer.h.0.attn.c_attn", "transformer.h.1.attn.c_attn"),
            GPT2);

    JsonNode written = JsonMapper.builder().build().readTree(adapter.configJson());
    assertThat(written).isEqualTo(JsonMapper.builder().build().readTree(PLAIN));
  }

  @Test
  void targetsAreTheShortestNamesThatMeanNoOtherModule() {
    assertThat(targets("transformer.h.0.attn.c_proj", "transformer.h.1.attn.c_proj"))
        .containsExactly("attn.c_proj");
    assertThat(targets("transformer.h.0.mlp.c_fc", "transformer.h.1.mlp.c_fc"))
        .containsExactly("c_fc");
    assertThat(targets("transformer.h.1.mlp.c_fc")).containsExactly("1.mlp.c_fc");
    assertThat(targets(GPT2.stream().filter(m -> m.contains("c_proj")).toArray(String[]::new)))
        .containsExactly("c_proj");
  }

  private static List<String> targets(String... adapted) {
    LoraConfig lora = new LoraConfig(2, 4, 0, List.of(LoraConfig.ALL_LINEAR));
    return PeftAdapter.of("", lora, true, factors(2, adapted), GPT2).lora().targets();
  }

  @Test
  void whatIsWrittenIsReadBack() {
    PeftAdapter adapter =
        PeftAdapter.of(
            "bases/one",
            new LoraConfig(2, 2.5, 0.25, List.of("c_attn")),
            true,
            factors(2, "transformer.h.0.attn.c_attn"),
            GPT2);

    assertThat(PeftAdapter.parse(adapter.configJson(), adapter.tensors())).isEqualTo(adapter);
  }

  @Test
  void rankStabilizedScalingIsKept() throws Exception {
    SortedMap<String, HostTensor> factors = factors(4, "a.q");
    String json = changed("use_rslora", "true", "r", "4", "lora_alpha", "6");
    // PEFT scales by alpha / sqrt(r) = 3 there.
    assertThat(PeftAdapter.parse(json, factors).lora().scaling()).isEqualTo(3);
  }

  @Test
  void anAdapterThatIsMoreThanALoraIsRefusedWithItsField() throws Exception {
    for (String[] field :
        new String[][] {
          {"peft_type", "\"IA3\""},
          {"use_dora", "true"},
          {"bias", "\"all\""},
          {"rank_pattern", "{\"q\": 3}"},
          {"alpha_pattern", "{\"q\": 3}"},
          {"modules_to_save", "[\"lm_head\"]"},
          {"layer_replication", "[[0, 1]]"}
        }) {
      String json = changed(field);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> PeftAdapter.parse(json, factors(2, "a.q")))
          .withMessageContaining(field[0]);
    }
  }

  @Test
  void fieldsOfLaterVersionsAtTheirDefaultsAreAccepted() throws Exception {
    String json =
        changed(
            "exclude_modules",
            "null",
            "lora_bias",
            "false",
            "trainable_token_indices",
            "null",
            "eva_config",
            "null",
            "peft_version",
            "\"0.18.0\"");
    assertThat(PeftAdapter.parse(json, factors(2, "a.q")).modules()).containsExactly("a.q");
  }

  @Test
  void tensorsThatAreNoPairsOfTheRankAreNamed() {
    SortedMap<String, HostTensor> alone = factors(2, "a.q");
    alone.remove("base_model.model.a.q.lora_B.weight");
    assertRefused(alone, "a.q.lora_A.weight has no partner");
    assertRefused(factors(3, "a.q"), "has shape [3, 6], the adapter's r is 2");
    SortedMap<String, HostTensor> magnitude = factors(2, "a.q");
    magnitude.put(
        "base_model.model.a.q.lora_magnitude_vector", HostTensor.of(new long[] {1}, new float[1]));
    assertRefused(magnitude, "lora_magnitude_vector is no LoRA factor");
    assertRefused(new TreeMap<>(), "no tensors");
  }

  private static void assertRefused(SortedMap<String, HostTensor> tensors, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PeftAdapter.parse(PLAIN, tensors))
        .withMessageContaining(message);
  }

  /** {@link #PLAIN} with pairs of a field and its JSON. */
  private static String changed(String... fields) throws Exception {
    JsonMapper json = JsonMapper.builder().build();
    ObjectNode changed = (ObjectNode) json.readTree(PLAIN);
    for (int i = 0; i < fields.length; i += 2) {
      changed.set(fields[i], json.readTree(fields[i + 1]));
    }
    return changed.toString();
  }

  private static SortedMap<String, HostTensor> factors(int rank, String... modules) {
    return factors(rank, List.of(modules));
  }

  private static SortedMap<String, HostTensor> factors(int rank, Collection<String> modules) {
    SortedMap<String, HostTensor> factors = new TreeMap<>();
    for (String module : new ArrayList<>(modules)) {
      factors.put(
          "base_model.model." + module + ".lora_A.weight",
          HostTensor.of(new long[] {rank, 6}, new float[rank * 6]));
      factors.put(
          "base_model.model." + module + ".lora_B.weight",
          HostTensor.of(new long[] {5, rank}, new float[5 * rank]));
    }
    return factors;
  }
}
