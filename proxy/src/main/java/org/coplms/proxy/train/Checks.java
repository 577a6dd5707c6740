package org.coplms.proxy.train;

/** Limits of settings, each with the error that names the setting. */
public final class Checks {
  private Checks() {}

  public static void atLeast(String name, long value, long least) {
    if (value < least) {
      throw new IllegalArgumentException(
          "%s must be at least %d, got %d".formatted(name, least, value));
    }
  }

  public static void positive(String name, double value) {
    if (!(value > 0)) {
      throw new IllegalArgumentException("%s must be positive, got %s".formatted(name, value));
    }
  }

  public static void share(String name, double value) {
    if (!(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException("%s must be in 0..1, got %s".formatted(name, value));
    }
  }
}
