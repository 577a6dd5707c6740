package org.coplms.dataprep.files;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A conversation whose last turn of the assistant is learned. What follows that turn is left out.
 * The prompt is what precedes it: system messages at the beginning as they stand; then a single
 * turn of the user as it stands, or several turns each as {@code User: …}, {@code Assistant: …},
 * {@code Tool: …} or {@code System: …}; an empty line between turns.
 */
final class Conversation {
  private static final Map<String, Speaker> ROLES =
      Map.ofEntries(
          Map.entry("system", Speaker.SYSTEM),
          Map.entry("developer", Speaker.SYSTEM),
          Map.entry("user", Speaker.USER),
          Map.entry("human", Speaker.USER),
          Map.entry("assistant", Speaker.ASSISTANT),
          Map.entry("gpt", Speaker.ASSISTANT),
          Map.entry("chatgpt", Speaker.ASSISTANT),
          Map.entry("model", Speaker.ASSISTANT),
          Map.entry("bot", Speaker.ASSISTANT),
          Map.entry("tool", Speaker.TOOL),
          Map.entry("function", Speaker.TOOL),
          Map.entry("observation", Speaker.TOOL));

  private enum Speaker {
    SYSTEM("System"),
    USER("User"),
    ASSISTANT("Assistant"),
    TOOL("Tool");

    private final String label;

    Speaker(String label) {
      this.label = label;
    }
  }

  private record Turn(Speaker speaker, String text) {
    String labelled() {
      return speaker.label + ": " + text;
    }
  }

  private final List<Turn> turns = new ArrayList<>();

  /**
   * Adds a list of messages.
   *
   * @param role the field that names who speaks
   * @param content the field with the text, or with parts that have a {@code text}
   */
  Conversation add(JsonNode messages, String role, String content) throws UnusableRecordException {
    for (JsonNode message : messages) {
      Fields fields = new Fields(message);
      String name = fields.text(role);
      Speaker speaker = ROLES.get(name.strip());
      if (speaker == null) {
        throw new UnusableRecordException(
            Reason.WRONG_TYPE,
            "the role '%s' is not one of %s"
                .formatted(
                    Text.brief(name),
                    String.join(", ", ROLES.keySet().stream().sorted().toList())));
      }
      turns.add(new Turn(speaker, text(fields, content)));
    }
    return this;
  }

  private static String text(Fields message, String content) throws UnusableRecordException {
    JsonNode value = message.required(content);
    if (!value.isArray()) {
      return message.text(content);
    }
    List<String> parts = new ArrayList<>();
    for (JsonNode part : value) {
      parts.add(part.isTextual() ? part.textValue() : new Fields(part).text("text"));
    }
    return String.join("\n", parts);
  }

  Draft draft() throws UnusableRecordException {
    int last = turns.size() - 1;
    while (last >= 0 && turns.get(last).speaker != Speaker.ASSISTANT) {
      last--;
    }
    if (last < 0) {
      throw new UnusableRecordException(
          Reason.NO_ANSWER, "no turn is the assistant's; nothing can be learned from it");
    }
    return Draft.of(prompt(turns.subList(0, last)), List.of(turns.get(last).text));
  }

  private static String prompt(List<Turn> before) throws UnusableRecordException {
    int system = 0;
    while (system < before.size() && before.get(system).speaker == Speaker.SYSTEM) {
      system++;
    }
    List<Turn> talk = before.subList(system, before.size());
    if (talk.isEmpty()) {
      throw new UnusableRecordException(
          Reason.EMPTY, "no turn precedes the assistant's last one; it needs a user's turn");
    }
    List<String> paragraphs = new ArrayList<>();
    before.subList(0, system).forEach(turn -> paragraphs.add(turn.text));
    boolean single = talk.size() == 1 && talk.get(0).speaker == Speaker.USER;
    talk.forEach(turn -> paragraphs.add(single ? turn.text : turn.labelled()));
    return String.join("\n\n", paragraphs);
  }
}
