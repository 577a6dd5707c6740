package org.coplms.jobs.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RecordBinderTest {
  enum Rule {
    MEAN,
    SVD,
    FIXED_POINT
  }

  record Lora(int rank, double alpha, List<String> targets) {
    Lora {
      if (rank < 1) {
        throw new IllegalArgumentException("rank must be positive, got " + rank);
      }
    }
  }

  sealed interface SourceSpec permits CldrSpec, JsonlSpec {}

  record CldrSpec(List<String> languages) implements SourceSpec {}

  record JsonlSpec(String path, boolean strict) implements SourceSpec {}

  record Model(String name, Optional<Lora> lora) {}

  record Sample(
      long seed,
      double learningRate,
      Rule mergeRule,
      Optional<String> note,
      Lora lora,
      SourceSpec source,
      List<Model> models,
      Map<String, Integer> counts,
      Map<String, String> options) {}

  private static final String DEFAULTS =
      """
      coplms {
        seed = 1
        learning-rate = 1e-4
        merge-rule = svd
        lora { rank = 8, alpha = 16, targets = [q_proj, v_proj] }
        source { type = cldr, languages = [en, fr] }
        models = []
        counts {}
        options {}
      }
      """;

  @Test
  void bindsEveryKindOfComponent() {
    Sample bound =
        bind(
            """
            coplms {
              learning-rate = 5e-3
              merge-rule = fixed-point
              note = tiny
              models = [{ name = a, lora { rank = 2, alpha = 4, targets = [] } }, { name = b }]
              counts { de = 3, sv = 4 }
              options { spark.ui.enabled = false }
            }
            """);
    assertThat(bound)
        .isEqualTo(
            new Sample(
                1,
                5e-3,
                Rule.FIXED_POINT,
                Optional.of("tiny"),
                new Lora(8, 16, List.of("q_proj", "v_proj")),
                new CldrSpec(List.of("en", "fr")),
                List.of(
                    new Model("a", Optional.of(new Lora(2, 4, List.of()))),
                    new Model("b", Optional.empty())),
                Map.of("de", 3, "sv", 4),
                Map.of("spark.ui.enabled", "false")));
  }

  @Test
  void takesTheChosenVariantAndForgetsTheOthersDefaults() {
    Sample bound = bind("coplms.source { type = jsonl, path = /data, strict = true }");
    assertThat(bound.source()).isEqualTo(new JsonlSpec("/data", true));
  }

  @Test
  void refusesAKeyOfAnotherVariantThatTheUserGave() {
    assertThat(
            problems(
                """
                coplms.source { type = jsonl, path = /data, strict = true
                  languages = [de] }
                """))
        .containsExactly("coplms.source.languages: unknown key (user.conf:2)");
  }

  @Test
  void namesTheVariantsWhenTheTypeIsUnknown() {
    assertThat(problems("coplms.source.type = csv"))
        .containsExactly("coplms.source.type: must not be 'csv'; one of cldr, jsonl (user.conf:1)");
  }

  @Test
  void reportsAllProblemsTogetherWithPathAndPlace() {
    assertThat(
            problems(
                """
                coplms {
                  seed = 1.5
                  learning-rat = 1
                  merge-rule = median
                  lora { rank = 0 }
                  models = [{ nam = a }]
                  counts { de = many }
                }
                """))
        .containsExactlyInAnyOrder(
            "coplms.seed: must be a whole number, got '1.5' (user.conf:2)",
            "coplms.merge-rule: must not be 'median'; one of mean, svd, fixed-point (user.conf:4)",
            "coplms.lora: rank must be positive, got 0 (user.conf:5)",
            "coplms.models[0].name: missing (user.conf:6)",
            "coplms.models[0].nam: unknown key; did you mean coplms.models[0].name? (user.conf:6)",
            "coplms.counts.de: must be a whole number of at most 2147483647, got 'many' (user.conf:7)",
            "coplms.learning-rat: unknown key; did you mean coplms.learning-rate? (user.conf:3)");
  }

  @Test
  void namesAllPlacesOfARecordThatSeveralLayersMade() {
    ConfigLayers layers =
        ConfigLayers.of(
            ConfigFactory.parseMap(Map.of("coplms.lora.rank", 0), "flag")
                .withFallback(user("coplms.lora.alpha = 3")),
            ConfigFactory.parseString(DEFAULTS));
    assertThatThrownBy(() -> layers.bind(Sample.class))
        .hasMessageContaining("coplms.lora: rank must be positive, got 0")
        .hasMessageContaining("user.conf:1")
        .hasMessageContaining("flag");
  }

  @Test
  void hintsAtTheOnlyOtherPlaceOfAMisplacedKey() {
    assertThat(problems("coplms.alpha = 3"))
        .containsExactly(
            "coplms.alpha: unknown key; did you mean coplms.lora.alpha? (user.conf:1)");
  }

  @Test
  void givesNoHintForAKeyLikeNoOther() {
    assertThat(problems("coplms.zzz = 3")).containsExactly("coplms.zzz: unknown key (user.conf:1)");
  }

  @Test
  void refusesWhatIsNotAnObjectOrAList() {
    assertThat(problems("coplms { lora = 3, source = x, models = {}, counts = [] }"))
        .containsExactly(
            "coplms.lora: must be an object { … }, got '3' (user.conf:1)",
            "coplms.source: must be an object { type = …, … }, got 'x' (user.conf:1)",
            "coplms.models: must be a list [ … ], got an object (user.conf:1)",
            "coplms.counts: must be an object { … }, got a list (user.conf:1)");
  }

  @Test
  void refusesNumbersThatDoNotFit() {
    assertThat(problems("coplms { lora.rank = 3000000000, learning-rate = NaN }"))
        .containsExactly(
            "coplms.learning-rate: must be a number, got 'NaN' (user.conf:1)",
            "coplms.lora.rank: must be a whole number of at most 2147483647, got '3000000000' (user.conf:1)");
  }

  @Test
  void reportsKeysThatNoLayerGives() {
    assertThatThrownBy(() -> ConfigLayers.of(user(""), user("coplms.rank = 1")).bind(Lora.class))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("2 problems")
        .hasMessageContaining("coplms.alpha: missing")
        .hasMessageContaining("coplms.targets: missing");
  }

  @Test
  void refusesKeysOutsideTheRoot() {
    assertThat(problems("lora.rank = 3"))
        .containsExactly("lora: unknown key; all keys stand under coplms { … } (user.conf:1)");
  }

  @Test
  void aNullTakesADefaultAway() {
    assertThat(problems("coplms.lora.alpha = null"))
        .singleElement()
        .asString()
        .startsWith("coplms.lora.alpha: missing");
  }

  private static Sample bind(String text) {
    return ConfigLayers.of(user(text), ConfigFactory.parseString(DEFAULTS)).bind(Sample.class);
  }

  private static List<String> problems(String text) {
    return catchThrowableOfType(ConfigException.class, () -> bind(text)).problems();
  }

  private static com.typesafe.config.Config user(String text) {
    return ConfigFactory.parseString(
        text, ConfigParseOptions.defaults().setOriginDescription("user.conf"));
  }
}
