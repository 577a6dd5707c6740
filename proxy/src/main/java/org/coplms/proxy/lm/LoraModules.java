package org.coplms.proxy.lm;

import java.util.List;
import java.util.stream.IntStream;
import org.coplms.proxy.lora.LoraConfig;

/** The modules of a model to which a LoRA can be attached: every linear one of its blocks. */
public final class LoraModules {
  private static final String WEIGHT = ".weight";

  private LoraModules() {}

  /**
   * Refuses targets that the model does not have; needs no weights.
   *
   * @throws IllegalArgumentException naming the target and the modules of a block
   */
  public static void require(LmConfig config, LoraConfig lora) {
    List<String> modules =
        IntStream.range(0, config.numLayers())
            .boxed()
            .flatMap(layer -> of(config, layer).stream())
            .toList();
    lora.firstUnmatched(modules)
        .ifPresent(
            target -> {
              throw new IllegalArgumentException(
                  "lora.targets: this %s model has no module '%s', only such as %s; %s means all of them, in every family"
                      .formatted(
                          config.family().modelType(),
                          target,
                          of(config, 0),
                          LoraConfig.ALL_LINEAR));
            });
  }

  private static List<String> of(LmConfig config, int layer) {
    String block = config.family().names().block(layer);
    return ParameterLayout.of(config).entrySet().stream()
        .filter(parameter -> parameter.getKey().startsWith(block))
        .filter(parameter -> parameter.getKey().endsWith(WEIGHT))
        .filter(parameter -> parameter.getValue().shape().length > 1)
        .map(
            parameter ->
                parameter.getKey().substring(0, parameter.getKey().length() - WEIGHT.length()))
        .toList();
  }
}
