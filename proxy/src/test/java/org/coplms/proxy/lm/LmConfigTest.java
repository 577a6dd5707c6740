package org.coplms.proxy.lm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class LmConfigTest {
  @ParameterizedTest
  @EnumSource(Family.class)
  void whatIsWrittenIsParsedBack(Family family) {
    LmConfig config = Models.config(family);

    assertThat(LmConfig.parse(config.toJson())).isEqualTo(config);
    assertThat(config.toJson()).contains("\"model_type\" : \"" + family.modelType() + "\"");
  }

  @Test
  void absentFieldsHaveHuggingFacesDefaults() {
    LmConfig gpt2 =
        LmConfig.parse(
            """
            {"model_type": "gpt2", "vocab_size": 50, "n_embd": 12, "n_head": 3, "n_layer": 2,
             "n_positions": 16, "n_inner": null, "resid_pdrop": 0.1}""");
    LmConfig llama =
        LmConfig.parse(
            """
            {"model_type": "llama", "vocab_size": 50, "hidden_size": 12, "intermediate_size": 20,
             "num_attention_heads": 3, "num_hidden_layers": 2, "max_position_embeddings": 16,
             "rope_parameters": {"rope_type": "default", "rope_theta": 500000.0}}""");

    assertThat(gpt2.intermediateSize()).isEqualTo(48);
    assertThat(gpt2.tiedEmbeddings()).isTrue();
    assertThat(gpt2.activation()).isEqualTo("gelu_new");
    assertThat(llama.numKeyValueHeads()).isEqualTo(3);
    assertThat(llama.headDim()).isEqualTo(4);
    assertThat(llama.tiedEmbeddings()).isFalse();
    assertThat(llama.rope().theta()).isEqualTo(500_000);
    assertThat(llama.normEpsilon()).isEqualTo(1e-6);
  }

  @Test
  void absentAndNullAreWhatTransformersTakesThemFor() {
    String mistral =
        """
        {"model_type": "mistral", "vocab_size": 50, "hidden_size": 64, "intermediate_size": 20,
         "num_attention_heads": 16, "num_hidden_layers": 2, "max_position_embeddings": 16}""";
    String qwen3 = mistral.replace("\"mistral\"", "\"qwen3\", \"num_key_value_heads\": null");
    String neox = mistral.replace("\"mistral\"", "\"gpt_neox\"");

    assertThat(LmConfig.parse(mistral).numKeyValueHeads()).isEqualTo(8);
    assertThat(LmConfig.parse(mistral).window().tokens()).isEqualTo(4096);
    assertThat(LmConfig.parse(qwen3).numKeyValueHeads()).isEqualTo(16);
    assertThat(LmConfig.parse(qwen3).headDim()).isEqualTo(128);
    assertThat(LmConfig.parse(neox.replace("64", "256")).rope().share()).isEqualTo(0.25);
    assertThat(LmConfig.parse(neox.replace("64", "256")).order()).isEqualTo(BlockOrder.PARALLEL);
    assertThat(LmConfig.parse(neox.replace("64", "256")).tiedEmbeddings()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'rope_type':'linear','factor':2.0}|Linear[factor=2.0]",
        "{'type':'dynamic','factor':2.0}|Dynamic[factor=2.0]",
        "{'rope_type':'default'}|None[]",
        "{'type':'yarn','factor':4,'original_max_position_embeddings':32768}"
            + "|Yarn[factor=4.0, original=32768, fast=32.0, slow=1.0, magnitude=1.1386",
        "{'rope_type':'yarn','factor':1.0,'attention_factor':0.5,'beta_fast':8}"
            + "|Yarn[factor=1.0, original=48, fast=8.0, slow=1.0, magnitude=0.5]"
      })
  void scalingOfRotaryPositionsIsReadAndWritten(String rope, String expected) {
    LmConfig config = LmConfig.parse(llamaWith(rope));

    assertThat(config.rope().scaling().toString()).startsWith(expected);
    assertThat(LmConfig.parse(config.toJson())).isEqualTo(config);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'rope_type':'longrope','factor':2.0}|rope_scaling of type 'longrope'",
        "{'rope_type':'linear'}|rope_scaling.factor must be a number",
        "{'rope_type':'linear','factor':0.5}|factor must be at least 1",
        "{'rope_type':'yarn','factor':2.0,'mscale':1.0}|rope_scaling.mscale = 1.0",
        "{'rope_type':'default','mrope_section':[1]}|rope_scaling.mrope_section",
        "{'rope_type':'default','partial_rotary_factor':0.5}|partial_rotary_factor = 0.5",
        "{'rope_type':'dynamic','factor':2.0,'original_max_position_embeddings':24}|set that to 24",
        "{'rope_type':'llama3','factor':8.0,'low_freq_factor':4.0,'high_freq_factor':4.0,"
            + "'original_max_position_embeddings':24}|low_freq_factor < high_freq_factor",
        "[]|Field rope_scaling must be an object"
      })
  void scalingThatIsNotSupportedIsRefusedByName(String rope, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LmConfig.parse(llamaWith(rope)))
        .withMessageContaining(message);
  }

  private static String llamaWith(String ropeScaling) {
    return Models.config(Family.LLAMA)
        .toJson()
        .replace("\"rope_scaling\" : null", "\"rope_scaling\" : " + ropeScaling.replace('\'', '"'));
  }

  @Test
  void windowsOfSomeLayersAreReadByTypeOrFromALayerOn() {
    String json = Goldens.config("qwen2-window").toJson();
    String types = json.substring(json.indexOf("\"layer_types\""), json.indexOf("\"torch_dtype\""));

    assertThat(LmConfig.parse(json.replace(types, "")).window().layers())
        .containsExactly(false, true, true);
    assertThat(LmConfig.parse(json.replaceFirst("full_attention", "sliding_attention")).window())
        .isEqualTo(SlidingWindow.from(0, 3, 3));
    assertThat(
            LmConfig.parse(json.replace("sliding_attention", "full_attention")).window().layers())
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "LLAMA|\"model_type\" : \"llama\"|\"model_type\" : \"mamba\"|model_type 'mamba'",
        "LLAMA|\"hidden_act\" : \"silu\"|\"hidden_act\" : \"mish\"|'mish'",
        "LLAMA|\"torch_dtype\" : \"float32\"|\"rope_interleaved\" : true|rope_interleaved = true",
        "LLAMA|\"torch_dtype\" : \"float32\"|\"quantization_config\" : {}|quantization_config",
        "LLAMA|\"mlp_bias\" : false|\"mlp_bias\" : 1|mlp_bias must be true or false",
        "LLAMA|\"hidden_size\" : 16|\"hidden_size\" : \"wide\"|hidden_size",
        "LLAMA|\"hidden_size\" : 16|\"hidden_sizes\" : 16|hidden_size",
        "LLAMA|\"num_hidden_layers\" : 2|\"num_hidden_layers\" : 0|num_hidden_layers must be positive",
        "LLAMA|\"num_key_value_heads\" : 2|\"num_key_value_heads\" : 3|num_key_value_heads must divide",
        "LLAMA|\"head_dim\" : 4|\"head_dim\" : 5|head_dim must be even",
        "MISTRAL|\"sliding_window\" : 5|\"sliding_window\" : 0|sliding_window must be positive",
        "MISTRAL|\"torch_dtype\" : \"float32\"|\"layer_types\" : []|layer_types = []",
        "QWEN2|\"torch_dtype\" : \"float32\"|\"layer_types\" : [\"sliding_attention\"]|set both",
        "QWEN2|\"torch_dtype\" : \"float32\"|\"layer_types\" : [\"chunked\"]|\"chunked\" is not",
        "QWEN2|\"torch_dtype\" : \"float32\"|\"use_mrope\" : true|use_mrope = true",
        "QWEN3|\"use_sliding_window\" : false|\"use_sliding_window\" : true,"
            + " \"max_window_layers\": 0, \"layer_types\": [\"full_attention\","
            + " \"sliding_attention\", \"full_attention\"]|sliding_window",
        "GPT2|\"torch_dtype\" : \"float32\"|\"scale_attn_by_inverse_layer_idx\" : true|scale_attn_by",
        "GPT2|\"n_head\" : 4|\"n_head\" : 5|n_embd must be a multiple of n_head",
        "OPT|\"torch_dtype\" : \"float32\"|\"_remove_final_layer_norm\" : true|_remove_final_layer",
        "BLOOM|\"torch_dtype\" : \"float32\"|\"apply_residual_connection_post_layernorm\" : true"
            + "|apply_residual_connection_post_layernorm = true",
        "GPT_NEOX|\"rotary_pct\" : 0.25|\"rotary_pct\" : 0.1|rotary_pct of a head must be even",
        "GPT_NEOX|\"rotary_pct\" : 0.25|\"rotary_pct\" : 1.5|must be in (0, 1]"
      })
  void whatIsNotSupportedIsRefusedByName(Family family, String from, String to, String message) {
    String json =
        (family == Family.GPT_NEOX ? LmConfig.of(family, 23, 32, 2, 2, 48) : Models.config(family))
            .toJson();
    assertThat(json).contains(from);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> LmConfig.parse(json.replace(from, to)))
        .withMessageContaining(message);
  }

  @Test
  void textThatIsNoJsonIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LmConfig.parse("model_type: llama"))
        .withMessageContaining("not JSON");
  }
}
