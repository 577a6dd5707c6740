package org.coplms.dataprep.files;

import java.util.List;

/**
 * An instruction, perhaps with a text to apply it to: Stanford Alpaca (Taori et al. 2023) and
 * Databricks Dolly 15k (Conover et al. 2023). The prompt is the instruction, an empty line and the
 * text.
 */
final class InstructionLayout implements RecordLayout {
  private static final long serialVersionUID = 1L;

  private final String input;
  private final String output;
  private final String domain;

  /**
   * @param domain the field with the layout's own domain, empty if there is none
   */
  InstructionLayout(String input, String output, String domain) {
    this.input = input;
    this.output = output;
    this.domain = domain;
  }

  @Override
  public Draft draft(Fields document, Fields record, String file) throws UnusableRecordException {
    String prompt = Draft.paragraphs(record.text("instruction"), record.optionalText(input));
    return Draft.of(prompt, List.of(record.text(output))).withDomain(record.label(domain));
  }
}
