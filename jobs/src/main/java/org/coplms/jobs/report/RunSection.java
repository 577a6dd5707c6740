package org.coplms.jobs.report;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What was run. */
public record RunSection(
    String title,
    String started,
    String seed,
    String version,
    String command,
    List<Model> models,
    List<Group> groups) {
  /** One model. */
  public record Model(
      String role,
      String name,
      String family,
      String parameters,
      String tuned,
      String tokenizer,
      String vocabularySize) {}

  /** Settings under one heading. */
  public record Group(String name, List<RunInfo.Setting> settings) {}

  static RunSection of(RunInfo run) {
    Map<String, List<RunInfo.Setting>> groups =
        run.settings().stream()
            .collect(groupingBy(RunInfo.Setting::group, LinkedHashMap::new, toList()));
    return new RunSection(
        run.title(),
        Display.time(run.started()),
        Long.toString(run.seed()),
        run.version(),
        run.command(),
        run.models().stream().map(RunSection::model).toList(),
        groups.entrySet().stream()
            .map(group -> new Group(group.getKey(), group.getValue()))
            .toList());
  }

  private static Model model(RunInfo.Model model) {
    return new Model(
        model.role(),
        model.name(),
        model.family(),
        Display.count(model.parameters()),
        Display.count(model.tuned()),
        model.tokenizer(),
        Display.count(model.vocabularySize()));
  }
}
