package org.coplms.dataprep.files;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * SQuAD 1.1 and 2.0 (Rajpurkar et al. 2016, 2018): a document of articles, or records of one
 * question each with {@code answers.text}. The prompt is the context, an empty line and the
 * question; the distinct answers are the references; the domain is the article's title. A question
 * without an answer (2.0) has the problem {@link Reason#NO_ANSWER}: its plausible answers are not
 * taken, being wrong ones.
 */
final class SquadLayout implements RecordLayout {
  private static final long serialVersionUID = 1L;

  @Override
  public Optional<String> list() {
    return Optional.of("data");
  }

  /** An article's questions, each with title and context, as the records of one question are. */
  @Override
  public List<JsonNode> questions(JsonNode article) {
    if (!article.path("paragraphs").isArray()) {
      return List.of(article);
    }
    List<JsonNode> questions = new ArrayList<>();
    for (JsonNode paragraph : article.path("paragraphs")) {
      if (!paragraph.path("qas").isArray()) {
        questions.add(paragraph);
      }
      for (JsonNode question : paragraph.path("qas")) {
        questions.add(question instanceof ObjectNode o ? flat(article, paragraph, o) : question);
      }
    }
    return questions;
  }

  private static ObjectNode flat(JsonNode article, JsonNode paragraph, ObjectNode question) {
    ObjectNode flat = Json.object();
    for (JsonNode above : List.of(article, paragraph)) {
      for (String name : List.of("title", "context")) {
        if (above.has(name)) {
          flat.set(name, above.get(name));
        }
      }
    }
    return flat.setAll(question);
  }

  @Override
  public Draft draft(Fields document, Fields question, String file) throws UnusableRecordException {
    String prompt =
        Draft.paragraphs(question.text("context"), Optional.of(question.text("question")));
    return Draft.of(prompt, answers(question))
        .withDomain(question.label("title"))
        .withId(question.label("id"));
  }

  private static List<String> answers(Fields question) throws UnusableRecordException {
    JsonNode answers = question.required("answers");
    JsonNode texts = answers.isObject() ? question.required("answers.text") : answers;
    if (texts.isArray() && texts.isEmpty()) {
      throw new UnusableRecordException(
          Reason.NO_ANSWER, "the question has no answer; nothing can be learned from it");
    }
    if (answers.isObject()) {
      return question.texts("answers.text");
    }
    Set<String> distinct = new LinkedHashSet<>();
    for (JsonNode answer : question.list("answers")) {
      distinct.add(new Fields(answer).text("text"));
    }
    return List.copyOf(distinct);
  }
}
