package org.coplms.jobs.config;

import java.util.List;

/** Everything that is wrong with a configuration, in one message; the user can mend all of it. */
public final class ConfigException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient List<String> problems;

  public ConfigException(List<String> problems) {
    super(message(problems));
    this.problems = List.copyOf(problems);
  }

  ConfigException(String problem, Throwable cause) {
    super(problem, cause);
    this.problems = List.of(problem);
  }

  /** One line per problem, in the order of the records' components. */
  public List<String> problems() {
    return problems;
  }

  private static String message(List<String> problems) {
    if (problems.size() == 1) {
      return problems.get(0);
    }
    return "the configuration has "
        + problems.size()
        + " problems\n  "
        + String.join("\n  ", problems);
  }
}
