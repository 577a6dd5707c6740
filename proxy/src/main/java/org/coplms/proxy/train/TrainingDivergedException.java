package org.coplms.proxy.train;

/** A loss, a gradient or a logit is not finite; nothing was updated by it. */
public final class TrainingDivergedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public TrainingDivergedException(String message) {
    super(message);
  }

  public TrainingDivergedException(String message, Throwable cause) {
    super(message, cause);
  }
}
