package org.coplms.jobs.export;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import org.coplms.proxy.translate.GenerationArguments;
import org.coplms.proxy.translate.LanguageModelBlockFactory;
import org.coplms.proxy.translate.TextGenerationTranslatorFactory;

/** {@code serving.properties}: how DJL opens the folder, and how the model answers there. */
final class ServingProperties {
  private ServingProperties() {}

  static String of(GenerationArguments generation) {
    Map<String, String> entries = new LinkedHashMap<>();
    entries.put("engine", "PyTorch");
    entries.put("option.hasParameter", "false");
    entries.put("blockFactory", LanguageModelBlockFactory.class.getName());
    entries.put("translatorFactory", TextGenerationTranslatorFactory.class.getName());
    entries.putAll(generation.toMap());
    return entries.entrySet().stream()
        .map(entry -> line(entry.getKey(), entry.getValue()))
        .collect(Collectors.joining());
  }

  /** One line, escaped as the format wants it; Java itself adds a comment with the time. */
  private static String line(String key, String value) {
    Properties one = new Properties();
    one.setProperty(key, value);
    StringWriter text = new StringWriter();
    try {
      one.store(text, null);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString().lines().filter(line -> !line.startsWith("#")).findFirst().orElseThrow()
        + "\n";
  }
}
