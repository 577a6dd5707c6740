package org.coplms.proxy.lm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.coplms.proxy.lora.AdapterConfig;
import org.coplms.proxy.lora.DomainAdapter;
import org.coplms.proxy.lora.LoraConfig;
import org.coplms.proxy.lora.LoraDropout;
import org.coplms.proxy.lora.LoraPair;
import org.coplms.proxy.lora.PeftAdapter;
import org.coplms.proxy.lora.SavedAdapter;
import org.coplms.proxy.tensor.ComputedWeights;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.tensor.Kernels;
import org.coplms.proxy.tensor.Precision;
import org.coplms.proxy.tensor.Weights;

/**
 * A decoder language model with optional LoRA and domain adapters.
 *
 * <p>Parameters are frozen until the caller sets {@code requiresGradient} on their arrays, and keep
 * their identity until {@link #close}. One thread at a time.
 */
public final class LanguageModel implements AutoCloseable {
  private static final String LORA_PREFIX = "base_model.model.";

  private final LmConfig config;
  private final NDManager manager;
  private final SortedMap<String, NDArray> base;
  private final SortedMap<String, NDArray> loraParameters = new TreeMap<>();
  private final SortedMap<String, NDArray> adapterParameters = new TreeMap<>();
  private final List<DecoderBlock> blocks;
  private final List<DomainAdapter> adapters = new ArrayList<>();
  private final Norm finalNorm;
  private final InputLayer input;
  private final OutputLayer output;
  private final SequenceTables tables;
  private LoraDropout dropout;
  private boolean adapterActive = true;

  private LanguageModel(LmConfig config, Weights weights, Precision precision, NDManager owner) {
    this.config = config;
    this.manager = owner.newSubManager();
    this.base = weights.arrays(name -> precision.of(weights.shape(name)), manager);
    Assembly assembly = new Assembly(config, base);
    this.blocks = assembly.blocks();
    this.finalNorm = assembly.finalNorm();
    this.input = assembly.input();
    this.output = assembly.output();
    this.tables = new SequenceTables(config, manager);
  }

  /** A model with random weights that depend on {@code seed} alone; see {@link ParameterLayout}. */
  public static LanguageModel random(LmConfig config, long seed, NDManager owner) {
    SplittableRandom random = new SplittableRandom(seed);
    SortedMap<String, HostTensor> weights = new TreeMap<>();
    ParameterLayout.of(config).forEach((name, p) -> weights.put(name, p.initial(random)));
    return new LanguageModel(config, Weights.of(weights), Precision.FLOAT32, owner);
  }

  /**
   * A model with the given weights in float32; see {@link #of(LmConfig, Weights, Precision,
   * NDManager)}.
   */
  public static LanguageModel of(
      LmConfig config, Map<String, HostTensor> weights, NDManager owner) {
    return of(config, weights, Precision.FLOAT32, owner);
  }

  /**
   * A model with the given weights.
   *
   * @param precision of the frozen matrices and tables; what is trained beside them is float32
   * @throws IllegalArgumentException naming the tensor that is missing, unknown or misshapen
   */
  public static LanguageModel of(
      LmConfig config, Map<String, HostTensor> weights, Precision precision, NDManager owner) {
    return of(config, Weights.of(weights), precision, owner);
  }

  /**
   * A model with the given weights, which stay in their files where they are large.
   *
   * @param precision of the frozen matrices and tables; what is trained beside them is float32
   * @throws IllegalArgumentException naming the tensor that is missing, unknown or misshapen
   */
  public static LanguageModel of(
      LmConfig config, Weights weights, Precision precision, NDManager owner) {
    return new LanguageModel(config, WeightNames.matched(config, weights), precision, owner);
  }

  /**
   * A checkpoint's tensors under the names of its model's parameters, and no other.
   *
   * @throws IllegalArgumentException naming the tensor that is missing, unknown or misshapen
   */
  public static Weights named(LmConfig config, Weights weights) {
    return WeightNames.matched(config, weights);
  }

  /** Number of weights of a model with this configuration; a tied head counts once. */
  public static long parameterCount(LmConfig config) {
    return ParameterLayout.of(config).values().stream()
        .mapToLong(parameter -> LongStream.of(parameter.shape()).reduce(1, Math::multiplyExact))
        .sum();
  }

  public LmConfig config() {
    return config;
  }

  /** The arrays of the base weights by Hugging Face name; a tied head is not among them. */
  public SortedMap<String, NDArray> baseParameters() {
    return Collections.unmodifiableSortedMap(base);
  }

  /** Copies of the base weights, without LoRA and adapters. */
  public SortedMap<String, HostTensor> baseWeights() {
    return HostTensor.copyOf(base);
  }

  /**
   * The final hidden states of sequences that begin at their first token.
   *
   * @param inputIds (B, T) int64, padded on the right if at all: attention is causal, so padding
   *     does not reach what comes before it
   * @return (B, T, H) after the final norm, owned by the manager of {@code inputIds}
   */
  public NDArray hidden(NDArray inputIds) {
    return hidden(inputIds, null);
  }

  /** The same for tokens that follow those in {@code cache}, which then holds them too. */
  NDArray hidden(NDArray inputIds, KvCache cache) {
    int batch = (int) inputIds.getShape().get(0);
    int tokens = (int) inputIds.getShape().get(1);
    int start = cache == null ? 0 : cache.length();
    checkLength(start + tokens);
    NDManager owner = inputIds.getManager();
    try (NDManager scope = owner.newSubManager()) {
      Pass pass = tables.pass(batch, start, start + tokens, scope);
      NDArray x = input.forward(inputIds, pass, scope); // (B, T, H)
      for (int i = 0; i < blocks.size(); i++) {
        x = block(i, x, pass, cache == null ? null : cache.layer(i), scope);
      }
      NDArray normed = finalNorm.forward(x);
      normed.attach(owner);
      if (cache != null) {
        cache.advance(tokens);
      }
      return normed;
    }
  }

  private void checkLength(int length) {
    if (length > config.maxPositions()) {
      throw new IllegalArgumentException(
          "A sequence of %d tokens exceeds the model's %s = %d; truncate it"
              .formatted(
                  length, config.family().keys().name(Key.MAX_POSITIONS), config.maxPositions()));
    }
  }

  /** One block in a scope of its own: what autograd does not need of it is freed at once. */
  private NDArray block(int index, NDArray x, Pass pass, KvCache.Layer cache, NDManager owner) {
    try (NDManager scope = owner.newSubManager()) {
      x.attach(scope);
      DomainAdapter adapter = adapterActive && !adapters.isEmpty() ? adapters.get(index) : null;
      NDArray y = blocks.get(index).forward(x, pass, adapter, cache);
      y.attach(owner);
      return y;
    }
  }

  /**
   * Scores of every token of the vocabulary as the next one.
   *
   * @param hidden (…, H)
   * @return (…, V), owned like {@code hidden}
   */
  public NDArray logits(NDArray hidden) {
    return output.forward(hidden);
  }

  /**
   * Adds fresh low-rank pairs, which change nothing yet, to the linear modules of the blocks.
   *
   * @throws IllegalArgumentException when a target names no module
   * @throws IllegalStateException when LoRA is attached already
   */
  public void attachLora(LoraConfig lora, long seed) {
    if (!loraParameters.isEmpty()) {
      throw new IllegalStateException("LoRA is attached to this model already");
    }
    LoraModules.require(config, lora);
    List<Linear> modules = blocks.stream().flatMap(block -> block.linears().stream()).toList();
    SplittableRandom random = new SplittableRandom(seed);
    dropout = new LoraDropout(lora.dropout());
    for (Linear module : modules) {
      if (lora.matches(module.name())) {
        LoraPair.LoraSite site = new LoraPair.LoraSite(module.in(), module.out(), manager);
        LoraPair pair = LoraPair.fresh(site, lora, dropout, random);
        module.attach(pair);
        loraParameters.put(LORA_PREFIX + module.name() + ".lora_A.weight", pair.a());
        loraParameters.put(LORA_PREFIX + module.name() + ".lora_B.weight", pair.b());
      }
    }
  }

  /**
   * Adds a trained LoRA.
   *
   * @throws IllegalArgumentException when it is of a model with other modules or sizes
   * @throws IllegalStateException when LoRA is attached already
   */
  public void attachLora(PeftAdapter adapter) {
    attachLora(adapter.attachable(), 0);
    setParameters(adapter.tensors());
  }

  /**
   * Adds trained domain adapters.
   *
   * @throws IllegalArgumentException when they are of a model of another size
   * @throws IllegalStateException when adapters are attached already
   */
  public void attachAdapter(SavedAdapter adapter) {
    attachAdapter(adapter.config(), 0);
    setParameters(adapter.tensors());
  }

  /** The arrays of the LoRA factors by PEFT name, A (r, in) and B (out, r); empty without LoRA. */
  public SortedMap<String, NDArray> loraParameters() {
    return Collections.unmodifiableSortedMap(loraParameters);
  }

  /**
   * Adds a fresh domain adapter, which changes nothing yet, to every block.
   *
   * @throws IllegalStateException when adapters are attached already
   */
  public void attachAdapter(AdapterConfig adapter, long seed) {
    if (!adapters.isEmpty()) {
      throw new IllegalStateException("Domain adapters are attached to this model already");
    }
    SplittableRandom random = new SplittableRandom(seed);
    for (int layer = 0; layer < config.numLayers(); layer++) {
      DomainAdapter fresh = new DomainAdapter(config.hiddenSize(), adapter, random, manager);
      adapters.add(fresh);
      String prefix = "domain_adapter.layers." + layer + ".";
      fresh.parameters().forEach((name, array) -> adapterParameters.put(prefix + name, array));
    }
  }

  /** The arrays of the domain adapters, such as {@code domain_adapter.layers.0.down.weight}. */
  public SortedMap<String, NDArray> adapterParameters() {
    return Collections.unmodifiableSortedMap(adapterParameters);
  }

  /** Takes the attached adapters into the computation, or leaves them out. */
  public void adapterActive(boolean active) {
    adapterActive = active;
  }

  /** Whether attached adapters take part; without any this changes nothing. */
  public boolean adapterActive() {
    return adapterActive;
  }

  /** Switches LoRA's dropout on, its masks drawn from {@code random}, or off. */
  public void training(boolean on, SplittableRandom random) {
    if (dropout != null) {
      dropout.train(on ? random : null);
    }
  }

  /**
   * Copies values into the existing arrays of base, LoRA or adapters, whatever their gradients.
   *
   * @throws IllegalArgumentException when a name or a shape is not this model's; nothing is copied
   */
  public void setParameters(Map<String, HostTensor> values) {
    values.forEach((name, value) -> WeightNames.requireShape(name, value.shape(), shape(name)));
    values.forEach((name, value) -> Kernels.assign(parameter(name), value));
  }

  private long[] shape(String name) {
    NDArray array = parameter(name);
    if (array == null) {
      throw new IllegalArgumentException(
          "This %s model has no parameter %s (LoRA %s, adapters %s)"
              .formatted(
                  config.family().modelType(),
                  name,
                  loraParameters.isEmpty() ? "absent" : "attached",
                  adapters.isEmpty() ? "absent" : "attached"));
    }
    return array.getShape().getShape();
  }

  private NDArray parameter(String name) {
    NDArray array = base.getOrDefault(name, loraParameters.get(name));
    return array == null ? adapterParameters.get(name) : array;
  }

  /** {@link #merged} on the heap; for small models. */
  public SortedMap<String, HostTensor> mergedWeights() {
    return merged().toHost();
  }

  /**
   * Base weights with s·B·A folded in, each computed when it is asked for, as long as this model is
   * open; domain adapters cannot be folded and stay out.
   */
  public Weights merged() {
    SortedMap<String, ComputedWeights.Tensor> merged = new TreeMap<>();
    base.forEach(
        (name, array) -> merged.put(name, computed(array, () -> HostTensor.copyOf(array))));
    for (DecoderBlock block : blocks) {
      for (Linear module : block.linears()) {
        if (module.lora().isPresent()) {
          String name = module.name() + ".weight";
          merged.put(name, computed(base.get(name), module::merged));
        }
      }
    }
    return new ComputedWeights(merged);
  }

  private static ComputedWeights.Tensor computed(NDArray array, Supplier<HostTensor> values) {
    return new ComputedWeights.Tensor(array.getShape().getShape(), values);
  }

  /** A manager for work with this model, on its hardware; the caller closes it. */
  NDManager newManager() {
    return manager.newSubManager();
  }

  /** Frees every parameter. */
  @Override
  public void close() {
    manager.close();
  }
}
