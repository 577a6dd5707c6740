package org.coplms.dataprep.files;

import java.util.List;

/**
 * {@code prompt} and {@code completion}: two texts, or two lists of messages that are one
 * conversation (the forms that TRL trains on).
 */
final class PromptCompletionLayout implements RecordLayout {
  private static final long serialVersionUID = 1L;
  private static final String PROMPT = "prompt";
  private static final String COMPLETION = "completion";

  @Override
  public Draft draft(Fields document, Fields record, String file) throws UnusableRecordException {
    if (record.required(PROMPT).isArray()) {
      return new Conversation()
          .add(record.list(PROMPT), "role", "content")
          .add(record.list(COMPLETION), "role", "content")
          .draft();
    }
    return Draft.of(record.text(PROMPT), List.of(record.text(COMPLETION)));
  }
}
