package org.coplms.proxy.lm;

import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * How a family's {@code config.json} calls what {@link LmConfig} holds, and what it must not say.
 *
 * @param refused fields that change the computation in ways that are not built, with the values (as
 *     JSON text) that do not
 */
record ConfigKeys(Map<Key, Field> fields, Windows windows, Map<String, Set<String>> refused) {

  /** Nothing of its own yet; formats of weights and encoders are refused. */
  static final ConfigKeys NONE =
      new ConfigKeys(
          Map.of(),
          Windows.NONE,
          Map.of(
              "quantization_config", Set.of("null"),
              "compression_config", Set.of("null"),
              "is_encoder_decoder", Set.of("false"),
              "add_cross_attention", Set.of("false"),
              "pruned_heads", Set.of("{}")));

  /** Which layers look at a window only. */
  enum Windows {
    /** None, whatever the file says: the family has no windows. */
    NONE,
    /** All where {@code sliding_window} is a number. */
    EVERY_LAYER,
    /** Those of {@code layer_types}, or from {@code max_window_layers} on, if at all. */
    BY_LAYER
  }

  /**
   * How a file says one thing.
   *
   * @param names the one that is written, then others that are read; none where the family fixes
   *     the value
   * @param required whether it must be there
   * @param fallback what holds where it is absent; null where that follows from the sizes
   */
  record Field(List<String> names, boolean required, Object fallback) {
    String name() {
      return names.get(0);
    }

    boolean isFixed() {
      return names.isEmpty();
    }
  }

  ConfigKeys {
    Map<Key, Field> ordered = new EnumMap<>(Key.class);
    ordered.putAll(fields);
    fields = Collections.unmodifiableMap(ordered);
    refused = Collections.unmodifiableMap(new TreeMap<>(refused));
  }

  /** The same with fields that must be there under transformers' usual names. */
  ConfigKeys required(Key... keys) {
    ConfigKeys more = this;
    for (Key key : keys) {
      more = more.required(key, key.usualName());
    }
    return more;
  }

  /** The same with a field that must be there. */
  ConfigKeys required(Key key, String... names) {
    return with(key, new Field(List.of(names), true, null));
  }

  /** The same with fields whose values, where they are absent, follow from the sizes. */
  ConfigKeys derived(Key key, String... names) {
    return optional(key, null, names);
  }

  /** The same with a field that may be absent. */
  ConfigKeys optional(Key key, Object fallback, String... names) {
    List<String> all = names.length == 0 ? List.of(key.usualName()) : List.of(names);
    return with(key, new Field(all, false, fallback));
  }

  /** The same with something of which files do not speak. */
  ConfigKeys fixed(Key key, Object value) {
    return with(key, new Field(List.of(), false, value));
  }

  /** The same with windows. */
  ConfigKeys windows(Windows which) {
    return new ConfigKeys(fields, which, refused);
  }

  /** The same where only this value of a field, as JSON text, is supported. */
  ConfigKeys only(String field, String... values) {
    Map<String, Set<String>> more = new TreeMap<>(refused);
    more.put(field, Set.of(values));
    return new ConfigKeys(fields, windows, more);
  }

  private ConfigKeys with(Key key, Field field) {
    Map<Key, Field> more = new EnumMap<>(Key.class);
    more.putAll(fields);
    more.put(key, field);
    return new ConfigKeys(more, windows, refused);
  }

  Field field(Key key) {
    return fields.getOrDefault(key, new Field(List.of(), false, key.unspoken()));
  }

  /** Whether files of this family speak of it. */
  boolean has(Key key) {
    return !field(key).isFixed();
  }

  /** What the family calls it, for messages. */
  String name(Key key) {
    return has(key) ? field(key).name() : key.usualName();
  }

  /** What holds where files do not speak of it. */
  Object fallback(Key key) {
    return field(key).fallback();
  }
}
