package org.coplms.proxy.translate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.coplms.proxy.lm.Decoding;
import org.coplms.proxy.tokenizer.ChatFormat;
import org.coplms.proxy.tokenizer.PromptFormat;
import org.coplms.proxy.tokenizer.TextFormat;

/**
 * How a model answers, as DJL's arguments say it.
 *
 * @param seed of sampling; without effect at temperature 0
 */
public record GenerationArguments(PromptFormat format, Decoding decoding, long seed) {
  private static final String FORMAT = "format";
  private static final String CHAT = "chat";
  private static final String SYSTEM = "system";
  private static final String PREFIX = "prefix";
  private static final String SEPARATOR = "separator";
  private static final String TEMPERATURE = "temperature";
  private static final String TOP_K = "topK";
  private static final String TOP_P = "topP";
  private static final String REPETITION_PENALTY = "repetitionPenalty";
  private static final String STOP = "stop";
  private static final String MAX_NEW_TOKENS = "maxNewTokens";
  private static final String SEED = "seed";
  private static final int DEFAULT_NEW_TOKENS = 64;
  private static final JsonMapper JSON = new JsonMapper();

  /**
   * Reads {@code prefix} (before the prompt; default nothing) and {@code separator} (between prompt
   * and response; default a newline), or {@code format = chat} (the model's own template) and
   * {@code system} (nothing); {@code temperature} (0), {@code topK} (0), {@code topP} (1), {@code
   * repetitionPenalty} (1), {@code stop} (a JSON list of texts; none), {@code maxNewTokens} (64)
   * and {@code seed} (0); others are not ours.
   *
   * @throws IllegalArgumentException naming the argument that is no number or list, or out of range
   */
  static GenerationArguments of(Map<String, ?> arguments) {
    return new GenerationArguments(
        format(arguments),
        new Decoding(
            number(arguments, TEMPERATURE, 0),
            (int) number(arguments, TOP_K, 0),
            number(arguments, TOP_P, 1),
            number(arguments, REPETITION_PENALTY, 1),
            texts(arguments, STOP),
            (int) number(arguments, MAX_NEW_TOKENS, DEFAULT_NEW_TOKENS)),
        (long) number(arguments, SEED, 0));
  }

  private static PromptFormat format(Map<String, ?> arguments) {
    return text(arguments, FORMAT, "").equals(CHAT)
        ? new ChatFormat(text(arguments, SYSTEM, ""))
        : new TextFormat(
            text(arguments, PREFIX, ""), text(arguments, SEPARATOR, TextFormat.LINES.separator()));
  }

  /** The arguments that {@link #of} reads as these. */
  public Map<String, String> toMap() {
    Map<String, String> arguments = new LinkedHashMap<>();
    if (format instanceof TextFormat text) {
      if (!text.prefix().isEmpty()) {
        arguments.put(PREFIX, text.prefix());
      }
      arguments.put(SEPARATOR, text.separator());
    } else if (format instanceof ChatFormat chat) {
      arguments.put(FORMAT, CHAT);
      arguments.put(SYSTEM, chat.system());
    }
    arguments.put(TEMPERATURE, Double.toString(decoding.temperature()));
    arguments.put(TOP_K, Integer.toString(decoding.topK()));
    arguments.put(TOP_P, Double.toString(decoding.topP()));
    arguments.put(REPETITION_PENALTY, Double.toString(decoding.repetitionPenalty()));
    arguments.put(STOP, JSON.valueToTree(decoding.stop()).toString());
    arguments.put(MAX_NEW_TOKENS, Integer.toString(decoding.maxNewTokens()));
    arguments.put(SEED, Long.toString(seed));
    return arguments;
  }

  private static List<String> texts(Map<String, ?> arguments, String name) {
    String value = text(arguments, name, "[]");
    try {
      return JSON.readValue(value, new TypeReference<List<String>>() {});
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "Argument %s must be a JSON list of texts, got '%s'".formatted(name, value), e);
    }
  }

  private static String text(Map<String, ?> arguments, String name, String fallback) {
    Object value = arguments.get(name);
    return value == null ? fallback : value.toString();
  }

  private static double number(Map<String, ?> arguments, String name, double fallback) {
    String value = text(arguments, name, Double.toString(fallback));
    try {
      return Double.parseDouble(value);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "Argument %s must be a number, got '%s'".formatted(name, value), e);
    }
  }
}
