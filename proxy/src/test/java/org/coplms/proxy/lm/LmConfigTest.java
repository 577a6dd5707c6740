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
    assertThat(llama.ropeTheta()).isEqualTo(500_000);
    assertThat(llama.normEpsilon()).isEqualTo(1e-6);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"model_type\" : \"llama\"|\"model_type\" : \"mamba\"|model_type 'mamba'",
        "\"hidden_act\" : \"silu\"|\"hidden_act\" : \"mish\"|'mish'",
        "\"rope_scaling\" : null|\"rope_scaling\" : {\"rope_type\":\"yarn\"}|type 'yarn'",
        "\"torch_dtype\" : \"float32\"|\"mlp_bias\" : true|mlp_bias",
        "\"torch_dtype\" : \"float32\"|\"quantization_config\" : {}|quantization_config",
        "\"hidden_size\" : 16|\"hidden_size\" : \"wide\"|hidden_size",
        "\"hidden_size\" : 16|\"hidden_sizes\" : 16|hidden_size",
        "\"num_hidden_layers\" : 2|\"num_hidden_layers\" : 0|num_hidden_layers must be positive",
        "\"num_key_value_heads\" : 2|\"num_key_value_heads\" : 3|num_key_value_heads must divide",
        "\"head_dim\" : 4|\"head_dim\" : 5|head_dim must be even"
      })
  void whatIsNotSupportedIsRefusedByName(String from, String to, String message) {
    String json = Models.config(Family.LLAMA).toJson();
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
