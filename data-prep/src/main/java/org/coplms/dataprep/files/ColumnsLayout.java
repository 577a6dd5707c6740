package org.coplms.dataprep.files;

import java.util.List;

/** Records whose fields the configuration names. */
final class ColumnsLayout implements RecordLayout {
  private static final long serialVersionUID = 1L;

  private final Columns columns;

  ColumnsLayout(Columns columns) {
    this.columns = columns;
  }

  @Override
  public Draft draft(Fields document, Fields record, String file) throws UnusableRecordException {
    return Draft.of(record.text(columns.prompt()), responses(record));
  }

  private List<String> responses(Fields record) throws UnusableRecordException {
    String one = columns.response();
    String several = one + "s";
    if (record.has(one) && record.has(several)) {
      throw new UnusableRecordException(
          Reason.WRONG_TYPE,
          "it needs either '%s' or '%s', not both; each may be a list of strings"
              .formatted(one, several));
    }
    return record.texts(record.has(several) ? several : one);
  }
}
