package org.coplms.jobs.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.function.LongToDoubleFunction;
import org.coplms.proxy.lm.LanguageModel;
import org.coplms.proxy.train.CrossEntropy;
import org.coplms.proxy.train.OptimizerConfig;
import org.coplms.proxy.train.Trainee;

/** Steps of a training on random tokens: forward, backward, AdamW. */
final class Training implements AutoCloseable {
  private static final OptimizerConfig OPTIMIZER = new OptimizerConfig(1e-4, 0, 1, 0, 1);

  private final LanguageModel model;
  private final BenchPlan plan;
  private final LongToDoubleFunction flops;
  private final Trainee trainee;
  private final NDManager manager;
  private final long[] inputs;
  private final long[] labels;

  /**
   * Trains some parameters of a model, which stays the caller's.
   *
   * @param flops of a number of tokens
   */
  Training(
      LanguageModel model,
      SortedMap<String, NDArray> parameters,
      BenchPlan plan,
      LongToDoubleFunction flops,
      NDManager owner) {
    this.model = model;
    this.plan = plan;
    this.flops = flops;
    this.trainee = new Trainee(parameters, OPTIMIZER);
    this.manager = owner.newSubManager();
    SplittableRandom random = new SplittableRandom(1);
    int size = plan.rows() * plan.tokens();
    this.inputs = random.longs(size, 0, model.config().vocabSize()).toArray();
    this.labels = random.longs(size, 0, model.config().vocabSize()).toArray();
  }

  Sample measure() {
    long begin = System.nanoTime();
    trainee.recording(this::step);
    return new Sample(
        inputs.length, flops.applyAsDouble(inputs.length), 1e-9 * (System.nanoTime() - begin));
  }

  private double step() {
    try (NDManager step = manager.newSubManager()) {
      NDArray ids = step.create(inputs, new Shape(plan.rows(), plan.tokens()));
      NDArray hidden = model.hidden(ids); // (B, T, H)
      NDArray rows = hidden.reshape(-1, hidden.getShape().get(2)); // (B·T, H)
      NDArray loss = CrossEntropy.loss(model.logits(rows), step.create(labels));
      return trainee.step(loss, 0);
    }
  }

  @Override
  public void close() {
    trainee.close();
    manager.close();
  }
}
