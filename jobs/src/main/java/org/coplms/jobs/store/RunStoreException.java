package org.coplms.jobs.store;

/** A run folder that cannot be used as it is; the message names the place and the remedy. */
public final class RunStoreException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public RunStoreException(String message) {
    super(message);
  }

  public RunStoreException(String message, Throwable cause) {
    super(message, cause);
  }
}
