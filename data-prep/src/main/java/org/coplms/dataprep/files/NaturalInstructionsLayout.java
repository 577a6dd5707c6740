package org.coplms.dataprep.files;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;

/**
 * Super-NaturalInstructions (Wang et al. 2022): a task is a document. The prompt is its definition,
 * an empty line and the instance's input; every output is a reference; the domain is the task's
 * first category.
 */
final class NaturalInstructionsLayout implements RecordLayout {
  private static final long serialVersionUID = 1L;
  private static final String DEFINITION = "Definition";
  private static final String CATEGORIES = "Categories";

  @Override
  public Optional<String> list() {
    return Optional.of("Instances");
  }

  @Override
  public List<String> header() {
    return List.of(DEFINITION, CATEGORIES);
  }

  @Override
  public Draft draft(Fields task, Fields instance, String file) throws UnusableRecordException {
    String definition = String.join("\n", task.texts(DEFINITION));
    String prompt = Draft.paragraphs(definition, Optional.of(instance.text("input")));
    return Draft.of(prompt, instance.texts("output"))
        .withDomain(category(task))
        .withId(instance.label("id"));
  }

  /** The domain may come from elsewhere: a task without a category is no error here. */
  private static Optional<String> category(Fields task) {
    JsonNode categories = task.node(CATEGORIES);
    JsonNode first = categories.isArray() ? categories.path(0) : categories;
    return Optional.of(TextCleaner.label(first.asText())).filter(name -> !name.isEmpty());
  }
}
