package org.coplms.jobs.config;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigValue;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Collectors;

/** Where a value was written, as a user finds it: {@code my.conf:12}. */
final class Origins {
  private static final int MAX_PLACES = 3;

  private Origins() {}

  /** The place of a value; of an object that several layers made, the places of its values. */
  static String place(ConfigValue value) {
    if (!merged(value)) {
      return place(value.origin());
    }
    Set<String> places = new LinkedHashSet<>();
    collect(value, places);
    return places.stream().limit(MAX_PLACES).collect(Collectors.joining(", "));
  }

  static String place(ConfigOrigin origin) {
    String source = origin.filename();
    if (source == null) {
      source = origin.resource();
    }
    if (source == null) {
      return origin.description().replaceAll(": (\\d+)$", ":$1");
    }
    return origin.lineNumber() > 0 ? source + ":" + origin.lineNumber() : source;
  }

  private static void collect(ConfigValue value, Set<String> places) {
    if (merged(value) && value instanceof ConfigObject object) {
      object.values().forEach(child -> collect(child, places));
    } else if (!value.origin().description().startsWith("empty config")) {
      places.add(place(value.origin()));
    }
  }

  private static boolean merged(ConfigValue value) {
    return value.origin().description().startsWith("merge of")
        || value.origin().description().startsWith("empty config");
  }
}
