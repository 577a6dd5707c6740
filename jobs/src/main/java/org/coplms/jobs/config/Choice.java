package org.coplms.jobs.config;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The records of a sealed interface by the value of their {@code type} key: the record's simple
 * name in kebab case, without the words that it shares with the interface at its end. {@code
 * CldrSpec} of {@code SourceSpec} is {@code cldr}, {@code TrimmedMean} of {@code MergeRule} is
 * {@code trimmed-mean}.
 */
final class Choice {
  static final String KEY = "type";

  private Choice() {}

  static Map<String, Class<?>> of(Class<?> sealed) {
    Map<String, Class<?>> variants = new LinkedHashMap<>();
    for (Class<?> variant : sealed.getPermittedSubclasses()) {
      if (!variant.isRecord()) {
        throw new IllegalStateException(variant.getName() + " is not a record: it cannot be bound");
      }
      variants.put(name(sealed, variant), variant);
    }
    return variants;
  }

  static String name(Class<?> sealed, Class<?> variant) {
    String[] words = KebabCase.ofComponent(variant.getSimpleName()).split("-", -1);
    String[] shared = KebabCase.ofComponent(sealed.getSimpleName()).split("-", -1);
    int common = 0;
    while (common < Math.min(words.length - 1, shared.length)
        && words[words.length - 1 - common].equals(shared[shared.length - 1 - common])) {
      common++;
    }
    return String.join("-", Arrays.copyOf(words, words.length - common)).toLowerCase(Locale.ROOT);
  }

  /** The sealed interface that makes this record a choice, or null. */
  static Class<?> sealedParent(Class<?> record) {
    for (Class<?> parent : record.getInterfaces()) {
      if (parent.isSealed()) {
        return parent;
      }
    }
    return null;
  }
}
