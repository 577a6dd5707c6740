package org.coplms.jobs.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Optional;
import org.coplms.proxy.tokenizer.ChatFormat;
import org.coplms.proxy.tokenizer.TextFormat;
import org.junit.jupiter.api.Test;

class TextSettingsTest {
  @Test
  void linesAreTheDefault() {
    assertThat(bind(Map.of()).promptFormat()).isEqualTo(TextFormat.LINES);
    assertThat(bind(Map.of("text.separator", " => ")).promptFormat())
        .isEqualTo(new TextFormat(" => "));
  }

  @Test
  void modelsThatWereTrainedBeforeThereWereFormatsKeepTheirKey() {
    assertThat(bind(Map.of()).key()).hasToString("{\"separator\":\"\\n\"}");
    assertThat(template("Q: {prompt}\nA: ").key().toString())
        .contains("\"format\":\"template\"", "Q: {prompt}");
  }

  @Test
  void aTemplateIsForAllModels() {
    TextSettings text = template("Q: {prompt}\nA: ");

    assertThat(text.promptFormat()).isEqualTo(new TextFormat("Q: ", "\nA: "));
    assertThat(text.trainingSeparator()).isEqualTo("\nA: ");
  }

  @Test
  void chatIsEachModelsOwn() {
    TextSettings text =
        new TextSettings(
            TextSettings.Format.CHAT, "\n", Optional.empty(), Optional.of("Be brief."));

    assertThat(text.promptFormat()).isEqualTo(new ChatFormat("Be brief."));
  }

  @Test
  void whatDoesNotFitTogetherIsRefused() {
    assertRefused(Map.of("text.format", "poem"), "text.format: must not be 'poem'");
    assertRefused(Map.of("text.format", "template"), "format = template needs template");
    assertRefused(
        Map.of("text.format", "template", "text.template", "no place"),
        "must contain {prompt} exactly once");
    assertRefused(
        Map.of("text.template", "Q: {prompt}!"), "template is for format = template only");
    assertRefused(Map.of("text.system", "Be brief."), "system is for format = chat only");
    assertRefused(Map.of("text.separator", ""), "separator between prompt and response is empty");
  }

  @Test
  void tinyModelsHaveNoChatTemplate() {
    assertRefused(
        Map.of("text.format", "chat"),
        "text.format = chat needs models with a chat template, and llm is a tiny model");
  }

  private static TextSettings template(String template) {
    return bind(Map.of("text.format", "template", "text.template", template));
  }

  private static void assertRefused(Map<String, String> flags, String message) {
    assertThatThrownBy(() -> bind(flags))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(message);
  }

  private static TextSettings bind(Map<String, String> flags) {
    return ConfigLayers.ofDefaults(flags).bind(Settings.class).text();
  }
}
