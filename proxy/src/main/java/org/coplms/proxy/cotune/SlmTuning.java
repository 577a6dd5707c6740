package org.coplms.proxy.cotune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.coplms.proxy.lm.LanguageModel;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.train.BaseModel;
import org.coplms.proxy.train.Compute;
import org.coplms.proxy.train.Trainee;

/**
 * An SLM with its two disjoint sets of trainable tensors: the tuned ones and the domain adapter.
 */
public final class SlmTuning implements AutoCloseable {
  private final NDManager manager;
  private final LanguageModel model;
  private final Trainee tuned;
  private final Trainee adapter;

  private SlmTuning(NDManager manager, BaseModel base, SlmConfig config, long seed) {
    this.manager = manager;
    this.model = attached(base, config, seed, manager);
    this.tuned =
        new Trainee(
            config.tuning() == TuningScope.LORA ? model.loraParameters() : model.baseParameters(),
            config.optimizer());
    this.adapter = new Trainee(model.adapterParameters(), config.adapterOptimizer());
  }

  /** The untuned SLM; {@code seed} makes LoRA and adapter. */
  public static SlmTuning open(BaseModel base, SlmConfig config, long seed, Compute compute) {
    NDManager manager = compute.newManager();
    try {
      return new SlmTuning(manager, base, config, seed);
    } catch (RuntimeException e) {
      manager.close();
      throw e;
    }
  }

  /** The SLM as its device holds it, for answering; owned by {@code owner}. */
  public static LanguageModel tuned(
      BaseModel base, SlmConfig config, KeptState state, NDManager owner) {
    LanguageModel model = attached(base, config, 0, owner);
    setParameters(model, state);
    return model;
  }

  private static LanguageModel attached(
      BaseModel base, SlmConfig config, long seed, NDManager owner) {
    LanguageModel model = base.instantiate(owner);
    if (config.tuning() == TuningScope.LORA) {
      model.attachLora(config.lora(), seed);
    }
    model.attachAdapter(config.adapter(), seed);
    return model;
  }

  private static void setParameters(LanguageModel model, KeptState state) {
    model.setParameters(state.group("slm"));
    model.setParameters(state.group("slm-adapter"));
  }

  public LanguageModel model() {
    return model;
  }

  public Trainee tuned() {
    return tuned;
  }

  Trainee adapter() {
    return adapter;
  }

  /** Runs {@code body} with both sets recorded. */
  public <T> T recordingAll(Supplier<T> body) {
    return tuned.recording(() -> adapter.recording(body));
  }

  /**
   * Differentiates once and moves both sets.
   *
   * @return gradient norm of the tuned tensors
   */
  public double stepAll(NDArray loss, double progress) {
    double norm = tuned.step(loss, progress);
    adapter.step(progress);
    return norm;
  }

  public NDManager newStep() {
    return manager.newSubManager();
  }

  /** Tuned tensors, adapter and the optimizer's moments, by the groups of {@link KeptState}. */
  public SortedMap<String, HostTensor> snapshot() {
    SortedMap<String, HostTensor> tensors = new TreeMap<>();
    KeptState.putGroup(tensors, "slm", tuned.values());
    KeptState.putGroup(tensors, "slm-adapter", adapter.values());
    KeptState.putGroup(tensors, "adam", tuned.optimizer().state());
    return tensors;
  }

  /** Goes on from a state; without moments in it the optimizer starts anew. */
  public void restore(KeptState state) {
    setParameters(model, state);
    SortedMap<String, HostTensor> moments = state.group("adam");
    if (!moments.isEmpty()) {
      tuned.optimizer().restore(moments);
    }
  }

  @Override
  public void close() {
    tuned.close();
    adapter.close();
    model.close();
    manager.close();
  }
}
