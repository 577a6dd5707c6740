package org.coplms.dataprep.files;

/** A record that holds no example; the message is the reason with its remedy. */
final class UnusableRecordException extends Exception {
  private static final long serialVersionUID = 1L;

  private final Reason reason;

  UnusableRecordException(Reason reason, String message) {
    super(message, null, false, false);
    this.reason = reason;
  }

  Reason reason() {
    return reason;
  }
}
