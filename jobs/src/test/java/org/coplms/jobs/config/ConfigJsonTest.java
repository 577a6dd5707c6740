package org.coplms.jobs.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ConfigJsonTest {
  enum Mode {
    FULL,
    LORA_ONLY
  }

  sealed interface MergeRule permits TrimmedMean, Median {}

  record TrimmedMean(double share) implements MergeRule {}

  record Median() implements MergeRule {}

  record Sample(
      int zeta,
      double alpha,
      Mode mode,
      Optional<String> note,
      MergeRule rule,
      List<Median> list,
      Map<String, Integer> counts) {}

  private static final Sample SAMPLE =
      new Sample(
          3,
          1e-4,
          Mode.LORA_ONLY,
          Optional.empty(),
          new TrimmedMean(0.25),
          List.of(new Median()),
          Map.of("b", 2, "a", 1));

  @Test
  void writesKeysInOrderAndChoicesWithTheirType() {
    assertThat(ConfigJson.tree(SAMPLE))
        .hasToString(
            """
            {"alpha":1.0E-4,"counts":{"a":1,"b":2},"list":[{"type":"median"}],\
            "mode":"lora-only","rule":{"share":0.25,"type":"trimmed-mean"},"zeta":3}""");
  }

  @Test
  void equalSettingsHaveEqualFingerprints() {
    String fingerprint = ConfigJson.fingerprint(ConfigJson.tree(SAMPLE));
    assertThat(fingerprint).matches("[0-9a-f]{64}");
    assertThat(ConfigJson.fingerprint(ConfigJson.tree(SAMPLE))).isEqualTo(fingerprint);
    assertThat(ConfigJson.fingerprint(ConfigJson.tree(new TrimmedMean(0.2))))
        .isNotEqualTo(ConfigJson.fingerprint(ConfigJson.tree(new TrimmedMean(0.25))));
  }

  @Test
  void namesDifferingKeysWithBothValues() {
    ObjectNode there = ConfigJson.tree(SAMPLE);
    ObjectNode here = ConfigJson.tree(SAMPLE);
    here.put("zeta", 4).put("note", "x");
    here.withObject("/counts").remove("a");
    assertThat(ConfigJson.differences(there, here))
        .containsExactly(
            "counts.a was 1, is now absent",
            "note was absent, is now \"x\"",
            "zeta was 3, is now 4");
  }

  @Test
  void leavesOutWhatIsNamed() {
    ObjectNode tree =
        ConfigJson.without(ConfigJson.tree(SAMPLE), List.of("counts.a", "rule", "absent.key"));
    assertThat(tree.has("rule")).isFalse();
    assertThat(tree.path("counts")).hasToString("{\"b\":2}");
  }
}
