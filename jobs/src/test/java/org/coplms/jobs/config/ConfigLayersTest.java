package org.coplms.jobs.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.coplms.jobs.config.ModelSettings.TinySettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigLayersTest {
  @TempDir Path folder;

  @Test
  void theShippedDefaultsBind() {
    assertThat(ConfigLayers.ofDefaults(Map.of()).bind(Settings.class)).isNotNull();
  }

  @Test
  void theShippedQuickstartBinds() {
    assertThat(ConfigLayers.ofProfile(Map.of(), "quickstart.conf").bind(Settings.class))
        .isNotNull();
  }

  @Test
  void theTokenizersOfTheWordnetBenchmarkPutASpaceBeforeATextAndTheDefaultsDoNot() {
    Settings wordnet = ConfigLayers.ofProfile(Map.of(), "wordnet.conf").bind(Settings.class);
    assertThat(wordnet.models().all())
        .hasSize(4)
        .allMatch(model -> ((TinySettings) model).tokenizer().prefixSpace());
    Settings defaults = ConfigLayers.ofDefaults(Map.of()).bind(Settings.class);
    assertThat(defaults.models().all())
        .hasSize(4)
        .noneMatch(model -> ((TinySettings) model).tokenizer().prefixSpace());
  }

  @Test
  void aFlagWinsOverTheFileAndTheFileOverTheDefaults() throws Exception {
    Path file = file("coplms { seed = 77, spark.shuffle-partitions = 5 }");
    Settings settings = ConfigLayers.ofFile(Map.of("seed", "78"), file).bind(Settings.class);
    assertThat(settings.seed()).isEqualTo(78);
    assertThat(settings.spark().shufflePartitions()).isEqualTo(5);
  }

  @Test
  void flagsTakeTheRootOrLeaveIt() {
    assertThat(ConfigLayers.ofDefaults(Map.of("coplms.seed", "9")).bind(Settings.class).seed())
        .isEqualTo(9);
  }

  @Test
  void flagsAreLiteralUnlessTheyLookLikeHocon() {
    Settings settings =
        ConfigLayers.ofDefaults(
                Map.of(
                    "spark.options",
                    "{ spark.x = 1 }",
                    "spark.master",
                    "spark://host:7077 # not a comment"))
            .bind(Settings.class);
    assertThat(settings.spark().options()).containsEntry("spark.x", "1");
    assertThat(settings.spark().master()).hasValue("spark://host:7077 # not a comment");
  }

  @Test
  void whatWasRecordedIsReadBackEqual() {
    Settings made =
        ConfigLayers.ofDefaults(Map.of("seed", "5", "spark.options.spark.x", "y"))
            .bind(Settings.class);
    Settings again =
        ConfigLayers.ofRecorded(Map.of(), ConfigJson.tree(made), "runs/a").bind(Settings.class);
    assertThat(again).isEqualTo(made);
  }

  @Test
  void namesFileAndLineOfAProblem() throws Exception {
    Path file = file("coplms {\n  sed = 3\n}\n");
    assertThatThrownBy(() -> ConfigLayers.ofFile(Map.of(), file).bind(Settings.class))
        .isInstanceOf(ConfigException.class)
        .hasMessage("coplms.sed: unknown key; did you mean coplms.seed? (" + file + ":2)");
  }

  @Test
  void namesTheFlagOfAProblem() {
    assertThatThrownBy(() -> ConfigLayers.ofDefaults(Map.of("seed", "many")).bind(Settings.class))
        .isInstanceOf(ConfigException.class)
        .hasMessage("coplms.seed: must be a whole number, got 'many' (flag -D seed)");
  }

  @Test
  void namesFileAndLineOfASyntaxError() throws Exception {
    Path file = file("coplms {\n  seed = [1\n}\n");
    assertThatThrownBy(() -> ConfigLayers.ofFile(Map.of(), file))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("cannot parse " + file + ":");
  }

  @Test
  void namesAFileThatIsNotThere() {
    Path file = folder.resolve("absent.conf");
    assertThatThrownBy(() -> ConfigLayers.ofFile(Map.of(), file))
        .isInstanceOf(ConfigException.class)
        .hasMessage("configuration file not found: " + file);
  }

  @Test
  void refusesAReferenceToNothing() throws Exception {
    Path file = file("coplms.seed = ${nowhere}");
    assertThatThrownBy(() -> ConfigLayers.ofFile(Map.of(), file).bind(Settings.class))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("nowhere");
  }

  private Path file(String text) throws Exception {
    return Files.writeString(folder.resolve("my.conf"), text);
  }
}
