package org.coplms.jobs.comparison;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResultsDocumentTest {
  private static final JsonMapper JSON = new JsonMapper();

  @Test
  void aBenchmarkIsPutBesideTheOthersOrInItsOwnPlace() throws JsonProcessingException {
    ObjectNode none = JsonNodeFactory.instance.objectNode();
    ObjectNode first = ResultsDocument.merge(none, "cldr", entry("cldr", 52.25));
    ObjectNode both = ResultsDocument.merge(first, "wordnet", entry("wordnet", 31));
    ObjectNode again = ResultsDocument.merge(both, "cldr", entry("cldr", 60));
    assertThat(none).isEmpty();
    assertThat(List.copyOf(keys(again))).containsExactly("cldr", "wordnet");
    assertThat(both.at("/cldr/co-plms/rougeL").asDouble()).isEqualTo(52.25);
    assertThat(again.at("/cldr/co-plms/rougeL").asDouble()).isEqualTo(60);
    assertThat(again.path("wordnet")).isEqualTo(both.path("wordnet"));
    assertThat(ResultsDocument.markdown(again))
        .containsSubsequence("## cldr", "60.0 (50.0 to 54.5)", "## wordnet", "31.0 (50.0 to 54.5)");
  }

  /** To change it on purpose: write what the failing assertion shows, after reading it. */
  @Test
  void theDocumentIsRenderedWhollyFromTheJson() throws IOException {
    ObjectNode all = JsonNodeFactory.instance.objectNode();
    String json = ResultsDocument.merge(all, "cldr", entry("cldr", 52.25)).toString();
    String markdown = ResultsDocument.markdown((ObjectNode) JSON.readTree(json));
    try (InputStream golden = getClass().getResourceAsStream("results.md")) {
      assertThat(markdown).isEqualTo(new String(golden.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  @Test
  void everyRowOfATableHasItsHeadingsColumns() throws JsonProcessingException {
    String markdown =
        ResultsDocument.markdown(
            ResultsDocument.merge(
                JsonNodeFactory.instance.objectNode(), "cldr", entry("cldr", 52.25)));
    String separator = "";
    for (String line : markdown.lines().toList()) {
      if (line.startsWith("|---")) {
        separator = line;
      } else if (line.startsWith("| ") && !line.contains("| Method")) {
        String cells = line.replace("\\|", "");
        assertThat(columns(cells)).as(line).isEqualTo(columns(separator));
      } else if (line.isEmpty()) {
        separator = "";
      }
      if (line.startsWith("| Method")) {
        separator = line;
      }
    }
    assertThat(markdown).contains("Fed\\|MKT");
  }

  private static long columns(String row) {
    return row.chars().filter(c -> c == '|').count();
  }

  private static List<String> keys(ObjectNode tree) {
    List<String> keys = new ArrayList<>();
    tree.fieldNames().forEachRemaining(keys::add);
    return keys;
  }

  private static ObjectNode entry(String benchmark, double rougeL) throws JsonProcessingException {
    String json =
        """
        {"_about": {"benchmark": "%s", "reference": "co-plms",
          "command": "./coplms compare --conf conf/compare.conf", "machine": "2 cores, 8 GB",
          "date": "2026-02-03", "versions": {"java": "17", "spark": "3.5.7"}, "seeds": [17, 18],
          "device_only_domains": ["pl"],
          "untuned": {"rougeL": 12.5, "exactMatch": 0.25, "examples": 160},
          "best_other_federated": {"rougeL": "fedmkt", "exactMatch": "fedmkt"},
          "methods": [
            {"name": "standalone", "title": "Standalone", "kind": "method", "federated": false, "seeds": []},
            {"name": "co-plms", "title": "Co-PLMs", "kind": "method", "federated": true, "seeds": [17, 18]},
            {"name": "fedmkt", "title": "Fed|MKT", "kind": "method", "federated": true, "seeds": [17]},
            {"name": "no-dst", "title": "− DST", "kind": "ablation", "federated": true, "seeds": []}]},
         "co-plms": {"rougeL": %s, "exactMatch": 40, "examples": 160, "seeds": 2,
          "rougeL_interval": [50, 54.5], "exactMatch_interval": [37.25, 42.75], "rougeL_sd": 1.25,
          "exactMatch_sd": 2, "by_seed": {"17": {"rougeL": 53.5, "exactMatch": 42},
          "18": {"rougeL": 51, "exactMatch": 38}},
          "devices": {"0": {"rougeL": 60, "exactMatch": 45}, "1": {"rougeL": 44.5, "exactMatch": 35}},
          "domains": {"de": {"rougeL": 70, "exactMatch": 60}, "pl": {"rougeL": 34.5, "exactMatch": 20}},
          "slices": {"known": {"rougeL": 70, "exactMatch": 60}, "device_only": {"rougeL": 34.5, "exactMatch": 20}},
          "llm": {"all": {"before": {"rougeL": 50, "exactMatch": 40}, "after": {"rougeL": 60, "exactMatch": 45}},
          "device_only": {"before": {"rougeL": 5, "exactMatch": 0}, "after": {"rougeL": 40, "exactMatch": 19.75}}},
          "dpm": {"all": {"after": {"rougeL": 55, "exactMatch": 41}}},
          "bytes_up": 4000000, "bytes_down": 3900000, "tokens": 412345, "seconds": 754.25,
          "exposure": {"seen": 611.5, "other_train": 0.09, "unseen_test": 0.031, "own_test": 0.052},
          "unexposed": {"rougeL": 51.25, "exactMatch": 39, "examples": 151, "seeds": 2,
          "rougeL_interval": [49, 53], "exactMatch_interval": [36, 42]}},
         "fedmkt": {"rougeL": 40.75, "exactMatch": 22, "examples": 80, "seeds": 1,
          "rougeL_interval": [38, 43], "exactMatch_interval": [20, 24],
          "versus": {"rougeL": {"gain": 12.75, "relative": 0.3129, "low": 10, "high": 15.5, "p": 0.0002, "holm": 0.0002},
          "exactMatch": {"gain": -2, "relative": -0.0909, "low": -4.5, "high": 0.25, "p": 0.06, "holm": 0.12}},
          "bytes_up": 50000000, "bytes_down": 42000000, "tokens": 412000, "seconds": 300}}
        """
            .formatted(benchmark, rougeL);
    return (ObjectNode) JSON.readTree(json);
  }
}
