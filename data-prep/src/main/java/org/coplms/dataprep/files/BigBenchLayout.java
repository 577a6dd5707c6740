package org.coplms.dataprep.files;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * JSON tasks of BIG-bench (Srivastava et al. 2022): a task is a document. The prompt is the task's
 * prefix, the input and, as there, the choices where the example scores them; the references are
 * the targets, or the choices with the best score. The domain is the task's name.
 */
final class BigBenchLayout implements RecordLayout {
  private static final long serialVersionUID = 1L;
  private static final String NAME = "name";
  private static final String TASK_PREFIX = "task_prefix";
  private static final String CHOICE_PREFIX = "choice_prefix";
  private static final String APPEND_CHOICES = "append_choices_to_input";
  private static final String TARGET = "target";
  private static final String SCORES = "target_scores";

  @Override
  public Optional<String> list() {
    return Optional.of("examples");
  }

  @Override
  public List<String> header() {
    return List.of(NAME, TASK_PREFIX, CHOICE_PREFIX, APPEND_CHOICES);
  }

  @Override
  public Draft draft(Fields task, Fields example, String file) throws UnusableRecordException {
    StringBuilder prompt = new StringBuilder();
    if (task.optionalText(TASK_PREFIX).isPresent()) {
      prompt.append(task.text(TASK_PREFIX).strip()).append("\n\n");
    }
    prompt.append(example.text("input"));
    if (example.has(SCORES) && task.node(APPEND_CHOICES).asBoolean(true)) {
      String prefix = task.optionalText(CHOICE_PREFIX).orElse("\n  choice: ");
      example.node(SCORES).fieldNames().forEachRemaining(c -> prompt.append(prefix).append(c));
    }
    List<String> references = example.has(TARGET) ? example.texts(TARGET) : best(example);
    return Draft.of(prompt.toString(), references).withDomain(task.label(NAME));
  }

  private static List<String> best(Fields example) throws UnusableRecordException {
    if (!example.has(SCORES)) {
      throw new UnusableRecordException(
          Reason.MISSING, "it needs 'target', a string or list of strings, or 'target_scores'");
    }
    double most = Double.NEGATIVE_INFINITY;
    List<String> best = new ArrayList<>();
    Iterator<Map.Entry<String, JsonNode>> choices = example.node(SCORES).fields();
    while (choices.hasNext()) {
      Map.Entry<String, JsonNode> choice = choices.next();
      double score = score(choice.getValue());
      if (score > most) {
        best.clear();
        most = score;
      }
      if (score == most) {
        best.add(choice.getKey());
      }
    }
    if (best.isEmpty()) {
      throw new UnusableRecordException(
          Reason.NO_ANSWER, "'target_scores' scores no choice; nothing can be learned from it");
    }
    return best;
  }

  private static double score(JsonNode value) throws UnusableRecordException {
    if (!value.isNumber()) {
      throw new UnusableRecordException(
          Reason.WRONG_TYPE,
          "'target_scores' must score with numbers, got a JSON %s".formatted(Json.kindOf(value)));
    }
    return value.doubleValue();
  }
}
