package org.coplms.jobs.comparison;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.NavigableSet;
import java.util.OptionalDouble;
import java.util.TreeSet;

/**
 * One method of an entry.
 *
 * @param tree its figures; a missing node when it has no cell yet
 */
record MethodView(
    String name, String title, MethodInfo.Kind kind, boolean isReference, JsonNode tree) {
  boolean isPresent() {
    return tree.has("rougeL");
  }

  /** A figure by its JSON pointer, for example {@code /versus/rougeL/gain}. */
  OptionalDouble number(String pointer) {
    return number(tree.at(pointer));
  }

  static OptionalDouble number(JsonNode found) {
    return found.isNumber() ? OptionalDouble.of(found.asDouble()) : OptionalDouble.empty();
  }

  boolean has(String pointer) {
    return !tree.at(pointer).isMissingNode();
  }

  /** Names below a pointer, numbers by size. */
  NavigableSet<String> names(String pointer) {
    NavigableSet<String> names = new TreeSet<>(MethodView::order);
    tree.at(pointer).fieldNames().forEachRemaining(names::add);
    return names;
  }

  static int order(String left, String right) {
    boolean numbers = left.matches("\\d{1,18}") && right.matches("\\d{1,18}");
    return numbers
        ? Long.compare(Long.parseLong(left), Long.parseLong(right))
        : left.compareTo(right);
  }
}
