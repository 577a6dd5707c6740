package org.coplms.dataprep.prepare;

/** Hears what data preparation does next; called on the driver. */
@FunctionalInterface
public interface PreparationListener {
  void begins(String step);

  /** Hears nothing. */
  static PreparationListener none() {
    return step -> {};
  }
}
