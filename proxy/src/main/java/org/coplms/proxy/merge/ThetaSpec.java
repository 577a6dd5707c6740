package org.coplms.proxy.merge;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.coplms.proxy.tensor.HostTensor;

/**
 * The whitelist of what may cross the line between edge device and server: names and shapes of θ.
 *
 * <p>θ is LoRA in PEFT's layout: for each module a pair {@code <module>.lora_A.weight} (r, in) and
 * {@code <module>.lora_B.weight} (out, r); or, only where that is asked for, the base weights of
 * the whole proxy. Nothing else can be whitelisted; a domain adapter never is.
 *
 * @param shapes shape by tensor name; the map and its arrays are copies
 * @param wholeModel whether θ is the proxy's base weights instead of a LoRA
 */
public record ThetaSpec(SortedMap<String, long[]> shapes, boolean wholeModel)
    implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final String SUFFIX_A = ".lora_A.weight";
  private static final String SUFFIX_B = ".lora_B.weight";

  private static final String ADAPTER_PREFIX = "domain_adapter.";

  /**
   * Checks and copies.
   *
   * @throws IllegalArgumentException when a name is no LoRA factor, a factor has no partner, or the
   *     ranks of a pair differ; of a whole model when a name is a LoRA factor or a domain adapter
   */
  public ThetaSpec {
    shapes = copyOf(shapes);
    if (shapes.isEmpty()) {
      throw new IllegalArgumentException(
          "θ has no tensors; attach a LoRA to the DPM before its updates are merged");
    }
    for (String name : shapes.keySet()) {
      if (wholeModel) {
        requireBaseWeight(name);
      } else {
        requirePair(name, shapes);
      }
    }
  }

  /** A whitelist of LoRA factors. */
  public ThetaSpec(SortedMap<String, long[]> shapes) {
    this(shapes, false);
  }

  /** The whitelist that exactly {@code theta}, LoRA factors, satisfies. */
  public static ThetaSpec of(Map<String, HostTensor> theta) {
    return new ThetaSpec(shapesOf(theta), false);
  }

  /** The whitelist that exactly {@code theta}, base weights of a whole proxy, satisfies. */
  public static ThetaSpec ofWholeModel(Map<String, HostTensor> theta) {
    return new ThetaSpec(shapesOf(theta), true);
  }

  private static SortedMap<String, long[]> shapesOf(Map<String, HostTensor> theta) {
    SortedMap<String, long[]> shapes = new TreeMap<>();
    theta.forEach((name, tensor) -> shapes.put(name, tensor.shape()));
    return shapes;
  }

  /** A copy: no caller can widen the whitelist. */
  @Override
  public SortedMap<String, long[]> shapes() {
    return copyOf(shapes);
  }

  /** Names of the modules that a LoRA adapts, sorted; none of a whole model. */
  public SortedSet<String> modules() {
    SortedSet<String> modules = new TreeSet<>();
    for (String name : shapes.keySet()) {
      if (name.endsWith(SUFFIX_A)) {
        modules.add(moduleOf(name));
      }
    }
    return Collections.unmodifiableSortedSet(modules);
  }

  /** Bytes of one upload, 4 for each value: 4 · Σ r (in + out) of a LoRA. */
  public long bytes() {
    long bytes = 0;
    for (long[] shape : shapes.values()) {
      long values = Arrays.stream(shape).reduce(1, Math::multiplyExact);
      bytes = Math.addExact(bytes, Math.multiplyExact(Float.BYTES, values));
    }
    return bytes;
  }

  /**
   * Checks that {@code tensors} are this θ: every name, no other name, equal shapes, finite values.
   *
   * @param origin who sent them, to start the error with
   * @throws IllegalArgumentException naming the origin and the first tensor that is refused
   */
  void require(Map<String, HostTensor> tensors, String origin) {
    for (String name : tensors.keySet()) {
      if (!shapes.containsKey(name)) {
        throw new IllegalArgumentException(
            "%s refused: tensor '%s' is not part of θ; only the %d %s of the DPM may travel"
                .formatted(
                    origin, name, shapes.size(), wholeModel ? "base weights" : "LoRA factors"));
      }
    }
    shapes.forEach((name, shape) -> requireTensor(tensors.get(name), name, shape, origin));
  }

  static String factorA(String module) {
    return module + SUFFIX_A;
  }

  static String factorB(String module) {
    return module + SUFFIX_B;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ThetaSpec spec
        && wholeModel == spec.wholeModel
        && shapes.keySet().equals(spec.shapes.keySet())
        && shapes.entrySet().stream()
            .allMatch(entry -> Arrays.equals(entry.getValue(), spec.shapes.get(entry.getKey())));
  }

  @Override
  public int hashCode() {
    int hash = 0;
    for (Map.Entry<String, long[]> entry : shapes.entrySet()) {
      hash = 31 * hash + 17 * entry.getKey().hashCode() + Arrays.hashCode(entry.getValue());
    }
    return hash;
  }

  @Override
  public String toString() {
    return wholeModel
        ? "θ of a whole model, %d tensors, %d bytes".formatted(shapes.size(), bytes())
        : "θ of %d modules, %d bytes".formatted(modules().size(), bytes());
  }

  private static void requireTensor(HostTensor tensor, String name, long[] shape, String origin) {
    if (tensor == null) {
      throw new IllegalArgumentException(
          "%s refused: tensor '%s' is missing".formatted(origin, name));
    }
    if (!Arrays.equals(shape, tensor.shape())) {
      throw new IllegalArgumentException(
          "%s refused: tensor '%s' has shape %s, expected %s; use the rank, targets and scope of this run's θ"
              .formatted(origin, name, Arrays.toString(tensor.shape()), Arrays.toString(shape)));
    }
    for (int i = 0; i < tensor.size(); i++) {
      if (!Float.isFinite(tensor.at(i))) {
        throw new IllegalArgumentException(
            "%s refused: tensor '%s' holds %s at index %d; training diverged, lower the learning rate"
                .formatted(origin, name, tensor.at(i), i));
      }
    }
  }

  private static void requirePair(String name, SortedMap<String, long[]> shapes) {
    boolean isA = name.endsWith(SUFFIX_A);
    if (!isA && !name.endsWith(SUFFIX_B)) {
      throw new IllegalArgumentException(
          "Tensor '%s' cannot be part of θ: names end with %s or %s"
              .formatted(name, SUFFIX_A, SUFFIX_B));
    }
    String module = moduleOf(name);
    long[] a = shapes.get(factorA(module));
    long[] b = shapes.get(factorB(module));
    if (a == null || b == null) {
      throw new IllegalArgumentException(
          "Tensor '%s' has no partner '%s'"
              .formatted(name, isA ? factorB(module) : factorA(module)));
    }
    if (a.length != 2 || b.length != 2 || a[0] != b[1] || a[0] <= 0 || a[1] <= 0 || b[0] <= 0) {
      throw new IllegalArgumentException(
          "LoRA factors of '%s' have shapes A %s and B %s, expected (r, in) and (out, r)"
              .formatted(module, Arrays.toString(a), Arrays.toString(b)));
    }
  }

  private static void requireBaseWeight(String name) {
    if (name.endsWith(SUFFIX_A) || name.endsWith(SUFFIX_B) || name.startsWith(ADAPTER_PREFIX)) {
      throw new IllegalArgumentException(
          "Tensor '%s' cannot be part of θ: of a whole proxy only the base weights travel"
              .formatted(name));
    }
  }

  /** The module of a factor's name; both suffixes are equally long. */
  private static String moduleOf(String name) {
    return name.substring(0, name.length() - SUFFIX_A.length());
  }

  private static SortedMap<String, long[]> copyOf(SortedMap<String, long[]> shapes) {
    SortedMap<String, long[]> copy = new TreeMap<>();
    shapes.forEach((name, shape) -> copy.put(name, shape.clone()));
    return Collections.unmodifiableSortedMap(copy);
  }
}
