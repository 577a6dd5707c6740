package org.coplms.dataprep.files;

import java.util.List;

/**
 * GSM8K (Cobbe et al. 2021). The response is the whole solution as published, with its calculator
 * annotations and the last line {@code #### } and the number: a small model learns the steps.
 */
final class Gsm8kLayout implements RecordLayout {
  private static final long serialVersionUID = 1L;

  @Override
  public Draft draft(Fields document, Fields record, String file) throws UnusableRecordException {
    return Draft.of(record.text("question"), List.of(record.text("answer")));
  }
}
