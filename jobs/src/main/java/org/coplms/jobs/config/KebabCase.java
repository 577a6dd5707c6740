package org.coplms.jobs.config;

import java.util.Locale;

/** Between Java names and configuration keys: {@code learningRate} and {@code learning-rate}. */
final class KebabCase {
  private KebabCase() {}

  static String ofComponent(String camelCase) {
    return camelCase
        .replaceAll("([a-z0-9])([A-Z])", "$1-$2")
        .replaceAll("([A-Z]+)([A-Z][a-z])", "$1-$2")
        .toLowerCase(Locale.ROOT);
  }

  static String ofConstant(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
