package org.coplms.proxy.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class LoraConfigTest {
  @Test
  void scalingIsAlphaOverRank() {
    assertThat(new LoraConfig(8, 16, 0, List.of("q_proj")).scaling()).isEqualTo(2);
  }

  @Test
  void targetsAreWholeLastPartsOfNames() {
    LoraConfig config = new LoraConfig(8, 16, 0, List.of("q_proj", "mlp.c_proj"));

    assertThat(config.matches("model.layers.0.self_attn.q_proj")).isTrue();
    assertThat(config.matches("transformer.h.0.mlp.c_proj")).isTrue();
    assertThat(config.matches("transformer.h.0.attn.c_proj")).isFalse();
    assertThat(config.matches("model.layers.0.self_attn.seq_proj")).isFalse();
  }

  @Test
  void valuesOutOfRangeAreRefusedByName() {
    List<String> targets = List.of(LoraConfig.ALL_LINEAR);

    assertRefused(() -> new LoraConfig(0, 16, 0, targets), "lora.rank");
    assertRefused(() -> new LoraConfig(8, Double.NaN, 0, targets), "lora.alpha");
    assertRefused(() -> new LoraConfig(8, 16, 1, targets), "lora.dropout");
    assertRefused(() -> new LoraConfig(8, 16, 0, List.of()), "lora.targets");
    assertRefused(() -> new AdapterConfig(0), "adapter.width");
  }

  private static void assertRefused(Runnable creation, String name) {
    assertThatIllegalArgumentException().isThrownBy(creation::run).withMessageContaining(name);
  }
}
