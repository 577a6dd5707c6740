package org.coplms.proxy.train;

import ai.djl.ndarray.NDArray;
import java.util.SortedMap;
import java.util.function.Supplier;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.tensor.Torch;

/** Trainable tensors of a model with the optimizer and the schedule that move them. */
public final class Trainee implements AutoCloseable {
  private final SortedMap<String, NDArray> parameters;
  private final OptimizerConfig config;
  private final AdamW optimizer;

  /** The tensors stay owned by their model. */
  public Trainee(SortedMap<String, NDArray> parameters, OptimizerConfig config) {
    this.parameters = parameters;
    this.config = config;
    this.optimizer = new AdamW(config);
  }

  /** Runs {@code body} with these tensors recorded; otherwise they are frozen. */
  public <T> T recording(Supplier<T> body) {
    Trainables.require(parameters, true);
    try {
      return Torch.recording(body);
    } finally {
      Trainables.require(parameters, false);
    }
  }

  /**
   * Differentiates {@code loss} and moves the tensors.
   *
   * @param progress share of the whole schedule that is done, 0 to 1
   * @return global gradient norm before clipping
   * @throws TrainingDivergedException when that norm is not finite
   */
  public double step(NDArray loss, double progress) {
    Torch.backward(loss);
    return step(progress);
  }

  /**
   * Global norm of the gradient that {@code loss} alone gives; moves nothing.
   *
   * <p>Called where no gradient has been left yet, inside {@link #recording}; the graph stays, so
   * that the loss, or one that contains it, can be differentiated afterwards as if nothing was.
   */
  public double gradientNorm(NDArray loss) {
    Torch.backwardKeepingGraph(loss);
    return Gradients.takeNorm(parameters);
  }

  /** Moves the tensors by the gradients that {@link Torch#backward} has left. */
  public double step(double progress) {
    double learningRate = config.learningRateAt(optimizer.steps(), progress);
    return optimizer.step(parameters, learningRate).norm();
  }

  /** Copies of the tensors. */
  public SortedMap<String, HostTensor> values() {
    return HostTensor.copyOf(parameters);
  }

  public AdamW optimizer() {
    return optimizer;
  }

  @Override
  public void close() {
    optimizer.close();
  }
}
