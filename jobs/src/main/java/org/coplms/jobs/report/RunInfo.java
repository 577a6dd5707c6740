package org.coplms.jobs.report;

import java.time.Instant;
import java.util.List;

/**
 * What was run.
 *
 * @param title the page's heading, for example the benchmark's name
 * @param version of this software
 * @param command the command line that repeats the run; may be blank
 * @param settings configuration highlights, shown by group in the given order
 */
public record RunInfo(
    String title,
    Instant started,
    long seed,
    String version,
    String command,
    List<Model> models,
    List<Setting> settings) {
  public RunInfo {
    models = List.copyOf(models);
    settings = List.copyOf(settings);
  }

  /**
   * One model of the run.
   *
   * @param role "LLM", "DPM", "SLM of device 2"
   * @param family architecture, for example {@code llama}
   * @param parameters all of them
   * @param tuned how many of them are trained while co-tuning
   * @param tokenizer kind, for example "byte-level BPE"
   * @param vocabularySize entries of the tokenizer
   */
  public record Model(
      String role,
      String name,
      String family,
      long parameters,
      long tuned,
      String tokenizer,
      int vocabularySize) {}

  /**
   * One resolved setting or size, for example ("Data", "private examples per device", "100-200").
   */
  public record Setting(String group, String name, String value) {}
}
