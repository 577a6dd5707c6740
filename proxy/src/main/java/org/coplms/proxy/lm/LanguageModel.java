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
import org.coplms.proxy.lora.AdapterConfig;
import org.coplms.proxy.lora.DomainAdapter;
import org.coplms.proxy.lora.LoraConfig;
import org.coplms.proxy.lora.LoraDropout;
import org.coplms.proxy.lora.LoraPair;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.tensor.Kernels;

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
  private final NDArray embedding;
  private final NDArray positions;
  private final NDArray head;
  private final SequenceTables tables;
  private LoraDropout dropout;
  private boolean adapterActive = true;

  private LanguageModel(LmConfig config, Map<String, HostTensor> weights, NDManager owner) {
    this.config = config;
    this.manager = owner.newSubManager();
    this.base = new TreeMap<>();
    weights.forEach((name, value) -> base.put(name, value.toArray(manager)));
    Assembly assembly = new Assembly(config, base);
    this.blocks = assembly.blocks();
    this.finalNorm = assembly.finalNorm();
    this.embedding = assembly.embedding();
    this.positions = assembly.positions();
    this.head = assembly.head();
    this.tables = new SequenceTables(config, manager);
  }

  /** A model with random weights that depend on {@code seed} alone; see {@link ParameterLayout}. */
  public static LanguageModel random(LmConfig config, long seed, NDManager owner) {
    SplittableRandom random = new SplittableRandom(seed);
    SortedMap<String, HostTensor> weights = new TreeMap<>();
    ParameterLayout.of(config).forEach((name, p) -> weights.put(name, p.initial(random)));
    return new LanguageModel(config, weights, owner);
  }

  /**
   * A model with the given weights.
   *
   * @throws IllegalArgumentException naming the tensor that is missing, unknown or misshapen
   */
  public static LanguageModel of(
      LmConfig config, Map<String, HostTensor> weights, NDManager owner) {
    return new LanguageModel(config, WeightNames.matched(config, weights), owner);
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
      Pass pass = pass(batch, start, tokens, scope);
      NDArray x = embed(inputIds, pass, scope); // (B, T, H)
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
              .formatted(length, config.family().keys().maxPositions(), config.maxPositions()));
    }
  }

  private Pass pass(int batch, int start, int tokens, NDManager scope) {
    int end = start + tokens;
    return new Pass(
        batch,
        start,
        tokens,
        positions == null ? tables.rotary(start, end, scope) : null,
        tokens == 1 ? null : tables.causalMask(start, end, scope));
  }

  private NDArray embed(NDArray inputIds, Pass pass, NDManager scope) {
    NDArray x = Kernels.embedding(inputIds, embedding); // (B, T, H)
    x.attach(scope);
    if (positions == null) {
      return x;
    }
    long[] from = {pass.start(), 0};
    long[] to = {pass.end(), config.hiddenSize()};
    return x.add(Kernels.window(positions, from, to, scope));
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
    return Kernels.linear(hidden, head, null);
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
    List<Linear> modules = blocks.stream().flatMap(block -> block.linears().stream()).toList();
    List<String> names = modules.stream().map(Linear::name).toList();
    lora.firstUnmatched(names)
        .ifPresent(
            target -> {
              throw new IllegalArgumentException(
                  "lora.targets: this %s model has no module '%s', only such as %s"
                      .formatted(
                          config.family().modelType(),
                          target,
                          names.subList(0, names.size() / blocks.size())));
            });
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
    values.forEach((name, value) -> WeightNames.requireShape(name, value, shape(name)));
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

  /** Base weights with s·B·A folded in; domain adapters cannot be folded and stay out. */
  public SortedMap<String, HostTensor> mergedWeights() {
    SortedMap<String, HostTensor> merged = baseWeights();
    for (DecoderBlock block : blocks) {
      for (Linear module : block.linears()) {
        if (module.lora().isPresent()) {
          merged.put(module.name() + ".weight", module.merged());
        }
      }
    }
    return merged;
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
