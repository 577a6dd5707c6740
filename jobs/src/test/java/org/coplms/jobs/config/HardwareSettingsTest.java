package org.coplms.jobs.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.coplms.proxy.tensor.Precision;
import org.coplms.udfs.model.DeviceChoice;
import org.junit.jupiter.api.Test;

class HardwareSettingsTest {
  private static final Map<String, String> NARROW =
      Map.of(
          "models.llm",
          "{ type = checkpoint, name = llm, path = models/llm, dtype = bfloat16 }",
          "models.slms",
          "[{ type = checkpoint, name = slm, path = models/slm, dtype = bfloat16 }]");

  @Test
  void weightsAreFloat32OnWhateverSparkAssignsUnlessToldOtherwise() {
    Settings settings = bind(Map.of());
    assertThat(settings.compute().choice()).isEqualTo(DeviceChoice.AUTO);
    assertThat(settings.models().all())
        .allSatisfy(model -> assertThat(model.precision()).isEqualTo(Precision.FLOAT32));
  }

  @Test
  void defaultsAddNothingToWhatARunIsKnownBy() {
    assertThat(ConfigJson.tree(bind(Map.of()).compute()))
        .hasToString("{\"edge-threads\":1,\"server-threads\":1}");
  }

  @Test
  void aCheckpointMayBeHeldInBfloat16WhereItStaysFrozen() {
    Settings settings =
        bind(
            Map.of(
                "models.llm",
                NARROW.get("models.llm"),
                "models.slms",
                NARROW.get("models.slms"),
                "cotune.server.llm-tuning",
                "lora",
                "cotune.edge.slm.tuning",
                "lora"));
    assertThat(settings.models().all())
        .allSatisfy(model -> assertThat(model.precision()).isEqualTo(Precision.BFLOAT16));
  }

  @Test
  void bfloat16OfModelsThatAreTunedInFullIsRefusedTogether() {
    assertThatThrownBy(() -> bind(NARROW))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("models.llm.dtype = bfloat16 holds frozen weights")
        .hasMessageContaining("set cotune.server.llm-tuning = lora")
        .hasMessageContaining("dtype = bfloat16 of 'slm' in models.slms holds frozen weights")
        .hasMessageContaining("set cotune.edge.slm.tuning = lora");
  }

  @Test
  void anotherTypeAndAnotherDeviceAreRefused() {
    assertThatThrownBy(
            () ->
                bind(
                    Map.of(
                        "models.llm", "{ type = checkpoint, name = llm, path = p, dtype = int4 }")))
        .hasMessageContaining(
            "coplms.models.llm.dtype: must not be 'int4'; one of float32, bfloat16");
    assertThatThrownBy(() -> bind(Map.of("compute.device", "cuda")))
        .hasMessageContaining("device must be auto, cpu, gpu or gpu:N, got 'cuda'");
  }

  private static Settings bind(Map<String, String> flags) {
    return ConfigLayers.ofDefaults(flags).bind(Settings.class);
  }
}
