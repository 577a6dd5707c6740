package org.coplms.jobs.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException.WrongType;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Binds a HOCON tree to a tree of records by their components' names ({@code learningRate} is
 * {@code learning-rate}).
 *
 * <p>Supported: int, long, double, boolean, String, enums, {@code Optional}, {@code List}, {@code
 * Map<String, T>} (sorted by key), {@code ConfigObject} (as it stands), nested records, and sealed
 * interfaces of records, chosen by a {@code type} key ({@link Choice}). Every problem is collected:
 * unknown keys, missing keys, wrong types and what the records' own constructors refuse with an
 * {@link IllegalArgumentException}.
 */
final class RecordBinder {
  /** Stands for a value whose problems have been noted already. */
  private static final Object UNBOUND = new Object();

  private final Config given;
  private final KnownKeys known;
  private final List<String> problems = new ArrayList<>();

  private RecordBinder(Config given, KnownKeys known) {
    this.given = given;
    this.known = known;
  }

  /**
   * Binds the object at {@code root}.
   *
   * @param resolved all layers
   * @param given the layers above the defaults: a default of a variant that was not chosen is no
   *     problem, the same key given by the user is
   * @throws ConfigException with all problems
   */
  static <T extends Record> T bind(Class<T> type, Config resolved, Config given, String root) {
    RecordBinder binder = new RecordBinder(given, KnownKeys.of(type, root));
    ConfigValue value =
        resolved.hasPath(root) ? resolved.getValue(root) : ConfigFactory.empty().root();
    Object bound = binder.value(type, value, root);
    if (!binder.problems.isEmpty()) {
      throw new ConfigException(binder.problems);
    }
    return type.cast(bound);
  }

  private Object value(Type type, ConfigValue value, String path) {
    if (type instanceof ParameterizedType generic) {
      return container(generic, value, path);
    }
    Class<?> raw = (Class<?>) type;
    if (raw == ConfigObject.class) {
      return value instanceof ConfigObject ? value : wrongType(value, path, "an object { … }");
    }
    if (raw.isRecord()) {
      return value instanceof ConfigObject object
          ? record(raw, object, path, Map.of())
          : wrongType(value, path, "an object { … }");
    }
    if (raw.isSealed() && !raw.isEnum()) { // an enum whose constants have bodies is sealed, too
      return value instanceof ConfigObject object
          ? choice(raw, object, path)
          : wrongType(value, path, "an object { type = …, … }");
    }
    return scalar(raw, value, path);
  }

  private Object container(ParameterizedType type, ConfigValue value, String path) {
    Type[] arguments = type.getActualTypeArguments();
    Class<?> raw = (Class<?>) type.getRawType();
    if (raw == Optional.class) {
      Object bound = value(arguments[0], value, path);
      return bound == UNBOUND ? UNBOUND : Optional.of(bound);
    }
    if (raw == List.class) {
      return value instanceof ConfigList list
          ? list(arguments[0], list, path)
          : wrongType(value, path, "a list [ … ]");
    }
    if (raw == Map.class && arguments[0] == String.class) {
      return value instanceof ConfigObject object
          ? map(arguments[1], object, path)
          : wrongType(value, path, "an object { … }");
    }
    throw new IllegalStateException("Cannot bind " + type.getTypeName() + " at " + path);
  }

  private Object list(Type elementType, ConfigList list, String path) {
    List<Object> bound = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      bound.add(value(elementType, list.get(i), path + "[" + i + "]"));
    }
    return bound.contains(UNBOUND) ? UNBOUND : Collections.unmodifiableList(bound);
  }

  private Object map(Type valueType, ConfigObject object, String path) {
    Map<String, Object> bound = new TreeMap<>();
    if (valueType == String.class) {
      // Dotted names need no quotes: spark.ui.enabled = false.
      for (Map.Entry<String, ConfigValue> leaf : object.toConfig().entrySet()) {
        String name = String.join(".", ConfigUtil.splitPath(leaf.getKey()));
        bound.put(name, value(valueType, leaf.getValue(), path + "." + leaf.getKey()));
      }
      return bound.containsValue(UNBOUND) ? UNBOUND : Collections.unmodifiableMap(bound);
    }
    for (String key : new TreeMap<>(object).keySet()) {
      bound.put(key, value(valueType, object.get(key), child(path, key)));
    }
    return bound.containsValue(UNBOUND) ? UNBOUND : Collections.unmodifiableMap(bound);
  }

  private Object choice(Class<?> sealed, ConfigObject object, String path) {
    Map<String, Class<?>> variants = Choice.of(sealed);
    ConfigValue type = object.get(Choice.KEY);
    if (type == null || !variants.containsKey(String.valueOf(type.unwrapped()))) {
      return problem(
          child(path, Choice.KEY),
          (type == null ? "missing" : "must not be '" + type.unwrapped() + "'")
              + "; one of "
              + String.join(", ", variants.keySet()),
          type == null ? object : type);
    }
    return record(variants.get(type.unwrapped()), object, path, variants);
  }

  private Object record(
      Class<?> type, ConfigObject object, String path, Map<String, Class<?>> variants) {
    RecordComponent[] components = type.getRecordComponents();
    Object[] arguments = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      arguments[i] = component(components[i], object, path);
    }
    refuseUnknownKeys(type, object, path, variants);
    return Arrays.asList(arguments).contains(UNBOUND)
        ? UNBOUND
        : construct(type, components, arguments, object, path);
  }

  private Object component(RecordComponent component, ConfigObject object, String path) {
    String key = KebabCase.ofComponent(component.getName());
    ConfigValue value = object.get(key);
    if (value != null && value.valueType() != ConfigValueType.NULL) {
      return value(component.getGenericType(), value, child(path, key));
    }
    if (component.getType() == Optional.class) {
      return Optional.empty();
    }
    return problem(child(path, key), "missing", object);
  }

  private void refuseUnknownKeys(
      Class<?> type, ConfigObject object, String path, Map<String, Class<?>> variants) {
    List<String> keys = KnownKeys.ofRecord(type);
    for (String key : new TreeMap<>(object).keySet()) {
      boolean discriminator = !variants.isEmpty() && key.equals(Choice.KEY);
      if (!keys.contains(key) && !discriminator && !otherDefault(key, path, variants)) {
        problem(
            child(path, key),
            "unknown key"
                + known.hint(path, key, keys).map(h -> "; did you mean " + h + "?").orElse(""),
            object.get(key));
      }
    }
  }

  /** Whether the key is another variant's, and only the defaults mention it. */
  private boolean otherDefault(String key, String path, Map<String, Class<?>> variants) {
    boolean known =
        variants.values().stream().anyMatch(other -> KnownKeys.ofRecord(other).contains(key));
    // A list is given as a whole, so its elements have no defaults.
    return known && !path.contains("[") && !given.hasPathOrNull(child(path, key));
  }

  private Object construct(
      Class<?> type,
      RecordComponent[] components,
      Object[] arguments,
      ConfigObject object,
      String path) {
    Class<?>[] types =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    try {
      Constructor<?> constructor = type.getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return constructor.newInstance(arguments);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof IllegalArgumentException refused) {
        return problem(path, refused.getMessage(), givenAt(path, object));
      }
      throw new IllegalStateException(type.getName() + " failed at " + path, e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("Cannot construct " + type.getName(), e);
    }
  }

  private Object scalar(Class<?> type, ConfigValue value, String path) {
    if (type.isEnum()) {
      return constant(type, value, path);
    }
    Config single = value.atKey("value");
    try {
      if (type == int.class || type == Integer.class) {
        return Math.toIntExact(whole(single));
      }
      if (type == long.class || type == Long.class) {
        return whole(single);
      }
      if (type == double.class || type == Double.class) {
        return finite(single.getDouble("value"));
      }
      if (type == boolean.class || type == Boolean.class) {
        return single.getBoolean("value");
      }
      if (type == String.class) {
        return single.getString("value");
      }
    } catch (WrongType | ArithmeticException | NumberFormatException e) {
      return wrongType(value, path, expectation(type));
    }
    throw new IllegalStateException("Cannot bind " + type.getName() + " at " + path);
  }

  private static long whole(Config single) {
    double number = single.getDouble("value");
    long whole = single.getLong("value");
    if (number != whole) {
      throw new ArithmeticException("not a whole number");
    }
    return whole;
  }

  private static double finite(double number) {
    if (!Double.isFinite(number)) {
      throw new ArithmeticException("not finite");
    }
    return number;
  }

  private static String expectation(Class<?> type) {
    if (type == int.class || type == Integer.class) {
      return "a whole number of at most 2147483647";
    }
    if (type == long.class || type == Long.class) {
      return "a whole number";
    }
    if (type == double.class || type == Double.class) {
      return "a number";
    }
    return type == String.class ? "a text" : "true or false";
  }

  private Object constant(Class<?> type, ConfigValue value, String path) {
    List<String> names = new ArrayList<>();
    for (Object candidate : type.getEnumConstants()) {
      String name = KebabCase.ofConstant((Enum<?>) candidate);
      if (name.equals(String.valueOf(value.unwrapped()))) {
        return candidate;
      }
      names.add(name);
    }
    return problem(
        path, "must not be '" + value.unwrapped() + "'; one of " + String.join(", ", names), value);
  }

  private Object wrongType(ConfigValue value, String path, String expected) {
    String got =
        switch (value.valueType()) {
          case OBJECT -> "an object";
          case LIST -> "a list";
          default -> "'" + value.unwrapped() + "'";
        };
    return problem(path, "must be " + expected + ", got " + got, value);
  }

  private Object problem(String path, String what, ConfigValue at) {
    String place = Origins.place(at);
    problems.add(path + ": " + what + (place.isEmpty() ? "" : " (" + place + ")"));
    return UNBOUND;
  }

  /** What the user gave there, if anything: its place says more than that of the defaults. */
  private ConfigValue givenAt(String path, ConfigValue value) {
    return !path.contains("[") && given.hasPath(path) ? given.getValue(path) : value;
  }

  private static String child(String path, String key) {
    return path + "." + ConfigUtil.joinPath(key);
  }
}
