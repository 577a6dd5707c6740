package org.coplms.jobs.results;

import java.util.ArrayList;
import java.util.List;
import org.coplms.jobs.report.StageTime;
import org.coplms.jobs.store.RunStore;

/** Seconds of the stages that have finished, in their order. */
final class StageTimes {
  private static final List<String> STAGES =
      List.of("prepare", "pretrain", "distill", "cotune", "evaluate");

  private StageTimes() {}

  static List<StageTime> of(RunStore store) {
    List<StageTime> times = new ArrayList<>();
    for (String stage : STAGES) {
      store
          .stageMarker(stage)
          .ifPresent(marker -> times.add(new StageTime(stage, marker.seconds())));
    }
    return times;
  }
}
