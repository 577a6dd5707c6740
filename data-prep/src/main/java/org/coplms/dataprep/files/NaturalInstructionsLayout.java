package org.coplms.dataprep.files;

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
    Optional<String> category =
        task.has(CATEGORIES)
            ? Optional.of(TextCleaner.label(task.texts(CATEGORIES).get(0)))
            : Optional.empty();
    return Draft.of(prompt, instance.texts("output"))
        .withDomain(category)
        .withId(instance.label("id"));
  }
}
