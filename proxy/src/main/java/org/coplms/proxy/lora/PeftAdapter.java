package org.coplms.proxy.lora;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.NavigableSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.coplms.proxy.tensor.HostTensor;

/**
 * A trained LoRA as PEFT keeps it in a folder: {@link #CONFIG} and {@link #WEIGHTS}.
 *
 * <p>Each adapted module has {@code base_model.model.<module>.lora_A.weight} (r, in) and {@code
 * base_model.model.<module>.lora_B.weight} (out, r), whichever way the base stores its weight
 * (huggingface/peft, {@code utils/save_and_load.py} and {@code tuners/lora/layer.py}).
 *
 * @param base path or hub name of the model that it belongs to; empty where the file names none
 * @param lora its targets are PEFT's {@code target_modules}: full names or ends of names
 * @param fanInFanOut whether the adapted weights are stored (in, out), as GPT-2's are
 * @param tensors the factors by PEFT's names; a copy
 */
public record PeftAdapter(
    String base, LoraConfig lora, boolean fanInFanOut, SortedMap<String, HostTensor> tensors) {
  /** Name of the configuration's file. */
  public static final String CONFIG = "adapter_config.json";

  /** Name of the factors' file. */
  public static final String WEIGHTS = "adapter_model.safetensors";

  private static final String PREFIX = "base_model.model.";
  private static final String SUFFIX_A = ".lora_A.weight";
  private static final String SUFFIX_B = ".lora_B.weight";

  /**
   * Copies and checks.
   *
   * @throws IllegalArgumentException naming the tensor that is no factor, has no partner, or is not
   *     of the configuration's rank
   */
  public PeftAdapter {
    tensors = Collections.unmodifiableSortedMap(new TreeMap<>(tensors));
    if (tensors.isEmpty()) {
      throw new IllegalArgumentException("The LoRA has no tensors");
    }
    for (String name : tensors.keySet()) {
      requireFactor(name, tensors, lora.rank());
    }
  }

  /**
   * A LoRA of a model of ours.
   *
   * @param lora as it was trained with; its targets are replaced by the shortest ends of names that
   *     mean exactly the adapted modules
   * @param modules full names of the base's modules that have a weight
   */
  public static PeftAdapter of(
      String base,
      LoraConfig lora,
      boolean fanInFanOut,
      SortedMap<String, HostTensor> tensors,
      Collection<String> modules) {
    List<String> targets = targets(modules(tensors), modules);
    LoraConfig exact = new LoraConfig(lora.rank(), lora.alpha(), lora.dropout(), targets);
    return new PeftAdapter(base, exact, fanInFanOut, tensors);
  }

  /**
   * A LoRA as PEFT wrote it.
   *
   * @param configJson content of {@link #CONFIG}
   * @throws IllegalArgumentException when it is no plain LoRA, or the factors do not fit it
   */
  public static PeftAdapter parse(String configJson, SortedMap<String, HostTensor> tensors) {
    return PeftConfigJson.parse(configJson, tensors);
  }

  /** The content of {@link #CONFIG}. */
  public String configJson() {
    return PeftConfigJson.write(this);
  }

  /** Full names of the adapted modules. */
  public NavigableSet<String> modules() {
    return modules(tensors);
  }

  /** The configuration with which a model gets exactly these factors, without dropout. */
  public LoraConfig attachable() {
    return new LoraConfig(lora.rank(), lora.alpha(), 0, List.copyOf(modules()));
  }

  private static NavigableSet<String> modules(SortedMap<String, HostTensor> tensors) {
    NavigableSet<String> modules = new TreeSet<>();
    for (String name : tensors.keySet()) {
      if (name.startsWith(PREFIX) && name.endsWith(SUFFIX_A)) {
        modules.add(name.substring(PREFIX.length(), name.length() - SUFFIX_A.length()));
      }
    }
    return modules;
  }

  private static List<String> targets(Set<String> adapted, Collection<String> modules) {
    NavigableSet<String> targets = new TreeSet<>();
    for (String module : adapted) {
      targets.add(
          ends(module).stream()
              .filter(end -> meansOnly(end, adapted, modules))
              .findFirst()
              .orElse(module));
    }
    return List.copyOf(targets);
  }

  /** The name's last part, its last two, …, all of it. */
  private static List<String> ends(String module) {
    List<String> ends = new ArrayList<>();
    for (int dot = module.lastIndexOf('.'); dot >= 0; dot = module.lastIndexOf('.', dot - 1)) {
      ends.add(module.substring(dot + 1));
    }
    ends.add(module);
    return ends;
  }

  private static boolean meansOnly(String end, Set<String> adapted, Collection<String> modules) {
    return modules.stream()
        .filter(module -> module.equals(end) || module.endsWith("." + end))
        .allMatch(adapted::contains);
  }

  private static void requireFactor(String name, SortedMap<String, HostTensor> tensors, int rank) {
    boolean isA = name.endsWith(SUFFIX_A);
    if (!name.startsWith(PREFIX) || (!isA && !name.endsWith(SUFFIX_B))) {
      throw new IllegalArgumentException(
          "Tensor %s is no LoRA factor: names are %s<module>%s and %s"
              .formatted(name, PREFIX, SUFFIX_A, SUFFIX_B));
    }
    String module = name.substring(0, name.length() - SUFFIX_A.length());
    String partner = module + (isA ? SUFFIX_B : SUFFIX_A);
    if (!tensors.containsKey(partner)) {
      throw new IllegalArgumentException("Tensor %s has no partner %s".formatted(name, partner));
    }
    long[] shape = tensors.get(name).shape();
    if (shape.length != 2 || shape[isA ? 0 : 1] != rank) {
      throw new IllegalArgumentException(
          "Tensor %s has shape %s, the adapter's r is %d"
              .formatted(name, Arrays.toString(shape), rank));
    }
  }
}
