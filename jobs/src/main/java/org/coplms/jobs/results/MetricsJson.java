package org.coplms.jobs.results;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.coplms.jobs.models.ModelNames;
import org.coplms.jobs.pipeline.RunContext;
import org.coplms.jobs.report.StageTime;
import org.coplms.jobs.store.Direction;
import org.coplms.proxy.metric.Scores;

/**
 * {@code metrics.json}: the summary for programs. Scores are 0-100; those of SLMs are means over
 * devices, those of LLM and DPM over the server's test questions.
 */
final class MetricsJson {
  private MetricsJson() {}

  static ObjectNode of(RunContext context, RunResults results) {
    ObjectNode root = new JsonMapper().createObjectNode();
    ObjectNode slm = root.putObject("slm");
    put(slm, "before", results.macro(ModelNames.SLM_BEFORE));
    put(slm, "alone", results.macro(ModelNames.SLM_ALONE));
    put(slm, "after", results.macro(ModelNames.SLM_AFTER));
    ObjectNode llm = root.putObject("llm");
    put(llm, "before", results.all(ModelNames.LLM_BEFORE));
    put(llm, "after", results.all(ModelNames.LLM_AFTER));
    put(root, "dpm", results.all(ModelNames.DPM));
    ObjectNode deviceOnly = root.putObject("device_only");
    put(deviceOnly, "llm_before", results.deviceOnly(ModelNames.LLM_BEFORE));
    put(deviceOnly, "llm_after", results.deviceOnly(ModelNames.LLM_AFTER));
    put(deviceOnly, "dpm", results.deviceOnly(ModelNames.DPM));
    ObjectNode devices = root.putObject("devices");
    putDevices(devices, "before", results.byDevice(ModelNames.SLM_BEFORE));
    putDevices(devices, "alone", results.byDevice(ModelNames.SLM_ALONE));
    putDevices(devices, "after", results.byDevice(ModelNames.SLM_AFTER));
    ObjectNode bytes = root.putObject("bytes");
    bytes.put("up", results.bytes(Direction.UP));
    bytes.put("down", results.bytes(Direction.DOWN));
    ObjectNode seconds = root.putObject("seconds");
    for (StageTime stage : StageTimes.of(context.store())) {
      seconds.put(stage.stage(), stage.seconds());
    }
    root.put("seed", context.settings().seed());
    return root;
  }

  private static void putDevices(
      ObjectNode devices, String name, SortedMap<Integer, Scores> scores) {
    for (Map.Entry<Integer, Scores> entry : scores.entrySet()) {
      ObjectNode device = devices.withObject("/" + entry.getKey());
      put(device, name, Optional.of(entry.getValue()));
    }
  }

  private static void put(ObjectNode parent, String name, Optional<Scores> scores) {
    scores.ifPresent(
        s ->
            parent
                .putObject(name)
                .put("rougeL", s.rougeL())
                .put("exactMatch", s.exactMatch())
                .put("examples", s.examples()));
  }
}
