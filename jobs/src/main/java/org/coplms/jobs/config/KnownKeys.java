package org.coplms.jobs.config;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** All key paths that a tree of records knows; the source of hints for a mistyped one. */
final class KnownKeys {
  private final Set<String> paths = new TreeSet<>();

  private KnownKeys() {}

  static KnownKeys of(Class<?> type, String root) {
    KnownKeys keys = new KnownKeys();
    keys.collect(type, root);
    return keys;
  }

  /** A record's own keys, in the order of its components. */
  static List<String> ofRecord(Class<?> type) {
    return Arrays.stream(type.getRecordComponents())
        .map(component -> KebabCase.ofComponent(component.getName()))
        .toList();
  }

  /**
   * The path that was probably meant: the nearest sibling, or else the only path elsewhere that
   * ends in the same key.
   */
  Optional<String> hint(String path, String key, List<String> siblings) {
    int limit = Math.max(1, key.length() / 3);
    Optional<String> nearest =
        siblings.stream()
            .filter(sibling -> distance(key, sibling) <= limit)
            .min(Comparator.comparingInt(sibling -> distance(key, sibling)))
            .map(sibling -> path + "." + sibling);
    if (nearest.isPresent()) {
      return nearest;
    }
    List<String> elsewhere =
        paths.stream().filter(p -> p.endsWith("." + key) && !p.equals(path + "." + key)).toList();
    return elsewhere.size() == 1 ? Optional.of(elsewhere.get(0)) : Optional.empty();
  }

  private void collect(Type type, String path) {
    if (type instanceof ParameterizedType generic) {
      if (generic.getRawType() == Optional.class) {
        collect(generic.getActualTypeArguments()[0], path);
      }
      return;
    }
    Class<?> raw = (Class<?>) type;
    if (raw.isRecord()) {
      for (RecordComponent component : raw.getRecordComponents()) {
        String child = path + "." + KebabCase.ofComponent(component.getName());
        paths.add(child);
        collect(component.getGenericType(), child);
      }
    } else if (raw.isSealed() && !raw.isEnum()) {
      Choice.of(raw).values().forEach(variant -> collect(variant, path));
    }
  }

  /** Levenshtein distance. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    Arrays.setAll(row, j -> j);
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substitution = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substitution, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
