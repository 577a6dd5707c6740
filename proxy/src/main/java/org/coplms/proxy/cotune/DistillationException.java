package org.coplms.proxy.cotune;

/** A model is told to learn from its peer, and cannot: a defect of the set-up, not of the data. */
public final class DistillationException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  DistillationException(String message) {
    super(message);
  }
}
