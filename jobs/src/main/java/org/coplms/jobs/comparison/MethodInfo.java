package org.coplms.jobs.comparison;

import java.util.Locale;

/**
 * A method as the configuration names it.
 *
 * @param name key in {@code results.json}; one that begins with {@code _} is refused
 * @param title for people
 * @param federated whether it is a candidate for the best other federated method
 */
public record MethodInfo(String name, String title, Kind kind, boolean federated) {
  public MethodInfo {
    if (name.isBlank() || name.startsWith("_")) {
      throw new IllegalArgumentException(
          "A method's name must not be blank or begin with _ (as _about does), got \""
              + name
              + "\"");
    }
  }

  /** What a method is for. */
  public enum Kind {
    /** A method in its own right. */
    METHOD,
    /** A method that is given our generated pairs. */
    CONTROL,
    /** The reference with one part changed. */
    ABLATION;

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
