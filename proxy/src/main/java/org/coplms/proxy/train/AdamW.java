package org.coplms.proxy.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.tensor.Torch;

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter 2019) and clipping by global norm.
 *
 * <p>g ← g · min(1, c / ‖g‖); m ← .9m + .1g; v ← .999v + .001g²; w ← w − lr·λ·w − lr · m̂ / (√v̂ +
 * 1e-8), where m̂ = m / (1 − .9ᵗ) and v̂ = v / (1 − .999ᵗ).
 *
 * <p>The moments live in torch, owned by this optimizer until it is closed. One optimizer serves
 * one set of parameters: their names must be the same at every step. Not thread-safe.
 */
public final class AdamW implements AutoCloseable {
  private static final double BETA1 = 0.9;
  private static final double BETA2 = 0.999;
  private static final double EPSILON = 1e-8;
  private static final String STEP = "step";
  private static final String MEAN_PREFIX = "m.";
  private static final String VARIANCE_PREFIX = "v.";

  /** DJL's own clipping is one-sided; negative turns it off. */
  private static final float NO_CLIP = -1f;

  private final OptimizerConfig config;
  private final SortedMap<String, Moments> moments = new TreeMap<>();
  private SortedMap<String, HostTensor> restored = new TreeMap<>();
  private NDManager owner;
  private long step;

  private record Moments(PtNDArray mean, PtNDArray variance) {}

  public AdamW(OptimizerConfig config) {
    this.config = config;
  }

  /** Steps taken so far. */
  public long steps() {
    return step;
  }

  /**
   * Updates every parameter from its gradient, then sets the gradient to zero.
   *
   * <p>A parameter that the loss did not reach counts as having gradient zero.
   *
   * @param parameters float32, requiring gradients; changed in place
   * @param learningRate of this step
   * @throws TrainingDivergedException when the norm is NaN or infinite; nothing is changed then
   */
  public GradientStats step(SortedMap<String, NDArray> parameters, double learningRate) {
    if (parameters.isEmpty()) {
      throw new IllegalArgumentException("An optimizer step needs at least one parameter");
    }
    prepare(parameters);
    return Torch.withoutRecording(
        () -> {
          try (NDList gradients = Gradients.of(parameters)) {
            double norm = Gradients.norm(gradients);
            if (!Double.isFinite(norm)) {
              throw diverged(parameters, gradients, norm);
            }
            update(parameters, gradients, learningRate, norm);
            return new GradientStats(norm);
          }
        });
  }

  private void update(
      SortedMap<String, NDArray> parameters, NDList gradients, double learningRate, double norm) {
    step++;
    double correction1 = 1 - Math.pow(BETA1, (double) step);
    double correction2 = 1 - Math.pow(BETA2, (double) step);
    // lr·m̂/(√v̂ + ε) = (lr·√c2/c1) · m / (√v + ε·√c2)
    float corrected = (float) (learningRate * Math.sqrt(correction2) / correction1);
    float epsilon = (float) (EPSILON * Math.sqrt(correction2));
    float rescale = norm > config.clipNorm() ? (float) (config.clipNorm() / norm) : 1f;
    int i = 0;
    for (Map.Entry<String, NDArray> entry : parameters.entrySet()) {
      PtNDArray parameter = (PtNDArray) entry.getValue();
      Moments state = moments.get(entry.getKey());
      JniUtils.adamUpdate(
          parameter,
          (PtNDArray) gradients.get(i++),
          state.mean(),
          state.variance(),
          (float) learningRate,
          corrected,
          (float) config.weightDecay(),
          rescale,
          NO_CLIP,
          (float) BETA1,
          (float) BETA2,
          epsilon,
          true);
      JniUtils.zeroGrad(parameter);
    }
  }

  private TrainingDivergedException diverged(
      SortedMap<String, NDArray> parameters, NDList gradients, double norm) {
    int i = 0;
    for (String name : parameters.keySet()) {
      try (NDArray one = gradients.get(i++).norm()) {
        if (!Float.isFinite(one.getFloat())) {
          return diverged(name, norm);
        }
      }
    }
    return diverged("all parameters together", norm);
  }

  private TrainingDivergedException diverged(String where, double norm) {
    return new TrainingDivergedException(
        ("Gradient norm is %s at optimizer step %d, first in '%s'; lower the learning rate or the"
                + " clip norm, or look for non-finite values in the batch")
            .formatted(norm, step + 1, where));
  }

  private void prepare(SortedMap<String, NDArray> parameters) {
    if (owner == null) {
      owner = Torch.newManager(parameters.get(parameters.firstKey()).getDevice());
      parameters.forEach((name, value) -> moments.put(name, initialMoments(name, value)));
      restored = new TreeMap<>();
    } else if (!moments.keySet().equals(parameters.keySet())) {
      throw new IllegalArgumentException(
          "This optimizer holds moments for %s, got parameters %s; use one optimizer per phase"
              .formatted(moments.keySet(), parameters.keySet()));
    }
  }

  private Moments initialMoments(String name, NDArray parameter) {
    if (restored.isEmpty()) {
      return new Moments(
          (PtNDArray) owner.zeros(parameter.getShape()),
          (PtNDArray) owner.zeros(parameter.getShape()));
    }
    return new Moments(
        restoredMoment(MEAN_PREFIX + name, parameter),
        restoredMoment(VARIANCE_PREFIX + name, parameter));
  }

  private PtNDArray restoredMoment(String name, NDArray parameter) {
    HostTensor moment = restored.get(name);
    if (moment == null || !parameter.getShape().equals(new Shape(moment.shape()))) {
      throw new IllegalArgumentException(
          "Optimizer state has %s for '%s', the parameter's shape is %s"
              .formatted(moment == null ? "nothing" : moment, name, parameter.getShape()));
    }
    return (PtNDArray) moment.toArray(owner);
  }

  /** The moments as "m." and "v." + parameter name, and "step": bit for bit what was computed. */
  public SortedMap<String, HostTensor> state() {
    SortedMap<String, HostTensor> state = new TreeMap<>(restored);
    moments.forEach(
        (name, moment) -> {
          state.put(MEAN_PREFIX + name, HostTensor.copyOf(moment.mean()));
          state.put(VARIANCE_PREFIX + name, HostTensor.copyOf(moment.variance()));
        });
    state.put(STEP, HostTensor.wrap(new long[] {1}, new float[] {step}));
    return state;
  }

  /**
   * Goes on from what {@link #state} returned; only before the first step.
   *
   * @throws IllegalArgumentException when the number of steps is missing; missing or misshapen
   *     moments show at the next step
   */
  public void restore(SortedMap<String, HostTensor> state) {
    if (owner != null) {
      throw new IllegalStateException("Restore an optimizer before its first step");
    }
    HostTensor steps = state.get(STEP);
    if (steps == null || steps.size() != 1) {
      throw new IllegalArgumentException(
          "Optimizer state lacks '%s', got %s".formatted(STEP, state.keySet()));
    }
    step = (long) steps.at(0);
    restored = new TreeMap<>(state);
    restored.remove(STEP);
  }

  /** Arrays that this optimizer holds in torch: two for each parameter. */
  int liveArrays() {
    return owner == null ? 0 : owner.getManagedArrays().size();
  }

  /** Frees the moments. */
  @Override
  public void close() {
    if (owner != null) {
      owner.close();
    }
  }
}
