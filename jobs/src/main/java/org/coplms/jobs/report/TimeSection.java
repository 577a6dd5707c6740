package org.coplms.jobs.report;

import java.util.List;

/** Wall-clock time by stage. */
public record TimeSection(List<Stage> stages, String total) {
  /** One stage; {@code percent} compares it with the longest. */
  public record Stage(String name, String time, String share, double percent) {}

  static TimeSection of(List<StageTime> stages) {
    double total = stages.stream().mapToDouble(StageTime::seconds).sum();
    double longest = stages.stream().mapToDouble(StageTime::seconds).max().orElse(0);
    return new TimeSection(
        stages.stream()
            .map(
                stage -> {
                  double share = total > 0 ? stage.seconds() / total : 0;
                  return new Stage(
                      stage.stage(),
                      Display.seconds(stage.seconds()),
                      Display.share(share),
                      longest > 0 ? Math.round(1000 * stage.seconds() / longest) / 10.0 : 0);
                })
            .toList(),
        Display.seconds(total));
  }
}
