package org.coplms.jobs.export;

/** An export that cannot be; the message names what and the remedy. */
public final class ExportException extends RuntimeException {
  private static final long serialVersionUID = 1;

  ExportException(String message) {
    super(message);
  }
}
