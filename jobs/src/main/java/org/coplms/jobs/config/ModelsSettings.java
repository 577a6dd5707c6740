package org.coplms.jobs.config;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The models of a run.
 *
 * @param cache folder that keeps trained tiny models over runs, by content; {@code ~} is the user's
 *     home
 * @param llm the server's model
 * @param slms the devices' models; device i runs {@code slms[i mod size]}
 */
public record ModelsSettings(String cache, ModelSettings llm, List<ModelSettings> slms) {
  public ModelsSettings {
    slms = List.copyOf(slms);
    if (slms.isEmpty()) {
      throw new IllegalArgumentException("slms must name at least one model");
    }
    Set<String> names = new HashSet<>();
    Stream.concat(Stream.of(llm), slms.stream())
        .map(ModelSettings::name)
        .filter(name -> !names.add(name))
        .findFirst()
        .ifPresent(
            name -> {
              throw new IllegalArgumentException(
                  "every model needs a name of its own, '%s' occurs twice".formatted(name));
            });
  }

  /** The LLM and the SLMs. */
  public List<ModelSettings> all() {
    return Stream.concat(Stream.of(llm), slms.stream()).toList();
  }
}
