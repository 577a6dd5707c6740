package org.coplms.dataprep;

/** Data that cannot be prepared or read: the message names the place, the reason and the remedy. */
public final class PreparationException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public PreparationException(String message) {
    super(message);
  }

  public PreparationException(String message, Throwable cause) {
    super(message, cause);
  }
}
