package org.coplms.proxy.lm;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;

/**
 * {@link Rope} from and to {@code config.json}: base and share plain or within {@code
 * rope_parameters}, scaling in {@code rope_scaling} or there too.
 */
final class RopeJson {
  private static final String SCALING = "rope_scaling";
  private static final String PARAMETERS = "rope_parameters";
  private static final String ORIGINAL = "original_max_position_embeddings";

  /** What each kind of scaling reads; more would change the angles in ways that are not built. */
  private static final Map<String, List<String>> READ =
      Map.of(
          "default", List.of(),
          "linear", List.of("factor"),
          "dynamic", List.of("factor", ORIGINAL),
          "llama3", List.of("factor", "low_freq_factor", "high_freq_factor", ORIGINAL),
          "yarn", List.of("factor", "beta_fast", "beta_slow", "attention_factor", ORIGINAL));

  private static final List<String> ALWAYS_READ =
      List.of("rope_type", "type", "rope_theta", "partial_rotary_factor");

  private final String path;
  private final JsonFields fields;
  private final int maxPositions;

  private RopeJson(String path, JsonFields fields, int maxPositions) {
    this.path = path;
    this.fields = fields;
    this.maxPositions = maxPositions;
  }

  /**
   * The rotation of a model whose plain fields say {@code theta} and {@code share}.
   *
   * @param hasShare whether the family speaks of a share
   */
  static Rope read(
      JsonFields root, double theta, double share, boolean hasShare, int maxPositions) {
    String path = root.isAbsent(SCALING) ? PARAMETERS : SCALING;
    if (root.isAbsent(path)) {
      return new Rope(theta, share, new RopeScaling.None());
    }
    if (!root.find(path).isObject()) {
      throw root.wrong(path, "an object", root.find(path));
    }
    RopeJson json = new RopeJson(path, root.object(path), maxPositions);
    RopeScaling scaling = json.scaling();
    double within = json.fields.number("partial_rotary_factor", share);
    if (!hasShare && within != share) {
      throw new IllegalArgumentException(
          "%s.partial_rotary_factor = %s is not supported for this family, only 1"
              .formatted(path, within));
    }
    return new Rope(json.fields.number("rope_theta", theta), within, scaling);
  }

  private RopeScaling scaling() {
    String named = fields.isAbsent("rope_type") ? "type" : "rope_type";
    String type = fields.isAbsent(named) ? "default" : fields.find(named).asText();
    List<String> read = READ.get(type);
    if (read == null) {
      throw new IllegalArgumentException(
          "%s of type '%s' is not supported, only null, default, linear, dynamic, llama3 and yarn; use a checkpoint without it"
              .formatted(path, type));
    }
    for (String name : fields.names()) {
      if (!read.contains(name) && !ALWAYS_READ.contains(name) && !fields.isAbsent(name)) {
        throw new IllegalArgumentException(
            "%s.%s = %s is not supported in scaling of type '%s', only %s; use a checkpoint without it"
                .formatted(path, name, fields.find(name), type, read));
      }
    }
    return switch (type) {
      case "linear" -> new RopeScaling.Linear(required("factor"));
      case "dynamic" -> dynamic();
      case "llama3" ->
          new RopeScaling.Llama3(
              required("factor"),
              required("low_freq_factor"),
              required("high_freq_factor"),
              fields.whole(ORIGINAL, fields.find(ORIGINAL)));
      case "yarn" -> yarn();
      default -> new RopeScaling.None();
    };
  }

  private RopeScaling dynamic() {
    int original = fields.whole(ORIGINAL, maxPositions);
    if (original != maxPositions) {
      throw new IllegalArgumentException(
          "%s.%s = %d is supported in scaling of type 'dynamic' only where it is max_position_embeddings, %d: set that to %d"
              .formatted(path, ORIGINAL, original, maxPositions, original));
    }
    return new RopeScaling.Dynamic(required("factor"));
  }

  private RopeScaling yarn() {
    double factor = required("factor");
    return new RopeScaling.Yarn(
        factor,
        fields.whole(ORIGINAL, maxPositions),
        fields.number("beta_fast", 32),
        fields.number("beta_slow", 1),
        fields.number("attention_factor", RopeScaling.Yarn.usualMagnitude(factor)));
  }

  private double required(String name) {
    return fields.number(name, fields.find(name));
  }

  static void write(RopeScaling scaling, ObjectNode root) {
    if (scaling instanceof RopeScaling.None) {
      root.putNull(SCALING);
      return;
    }
    ObjectNode json = root.putObject(SCALING).put("rope_type", scaling.type());
    if (scaling instanceof RopeScaling.Linear linear) {
      json.put("factor", linear.factor());
    } else if (scaling instanceof RopeScaling.Dynamic dynamic) {
      json.put("factor", dynamic.factor());
    } else if (scaling instanceof RopeScaling.Llama3 llama) {
      json.put("factor", llama.factor())
          .put("low_freq_factor", llama.low())
          .put("high_freq_factor", llama.high())
          .put(ORIGINAL, llama.original());
    } else if (scaling instanceof RopeScaling.Yarn yarn) {
      json.put("factor", yarn.factor())
          .put(ORIGINAL, yarn.original())
          .put("beta_fast", yarn.fast())
          .put("beta_slow", yarn.slow())
          .put("attention_factor", yarn.magnitude());
    }
  }
}
