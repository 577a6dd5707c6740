package org.coplms.jobs.bench;

import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.coplms.jobs.progress.Progress;
import org.coplms.proxy.lm.Generator;
import org.coplms.proxy.lm.LanguageModel;
import org.coplms.proxy.tensor.Precision;
import org.coplms.proxy.train.Compute;

/**
 * Measures models one after another. Each kind of work is done once to warm up; then all kinds and
 * the matrix product take turns, so that a machine whose speed drifts drifts for all of them.
 */
public final class ModelBench {
  static final String LORA_TRAINING = "lora-training";
  static final String FULL_TRAINING = "full-training";
  static final String PREFILL = "prefill";
  static final String DECODE = "decode";
  static final String DECODE_ONE = "decode-one-row";
  private static final int MATRIX = 2048;

  private final BenchPlan plan;
  private final Compute compute;
  private final Progress progress;

  public ModelBench(BenchPlan plan, Compute compute, Progress progress) {
    this.plan = plan;
    this.compute = compute;
    this.progress = progress;
  }

  /**
   * What one model reached.
   *
   * @param precision of its frozen weights
   * @param weights its number of weights
   * @param repetitions that were counted
   * @param matmulGflops median of the matrix product in turns with it
   */
  public record Result(
      String model,
      String precision,
      long weights,
      int repetitions,
      double matmulGflops,
      List<Measured> works) {
    /** Copies the list. */
    public Result {
      works = List.copyOf(works);
    }
  }

  /**
   * Measures one model; computes on this thread.
   *
   * @param precision of the weights that LoRA training and generation leave frozen
   */
  public Result run(Subject subject, Precision precision) {
    compute.begin();
    boolean learnsFully = subject.learnsFully() && precision == Precision.FLOAT32;
    try (NDManager manager = compute.newManager();
        LanguageModel model = subject.instantiate(precision, manager)) {
      model.attachLora(Subject.LORA, 1);
      Turns turns;
      if (learnsFully) {
        try (LanguageModel plain = subject.instantiate(precision, manager)) {
          turns = run(subject, model, plain, manager);
        }
      } else {
        turns = run(subject, model, model, manager);
      }
      return turns.result(subject, precision);
    }
  }

  /**
   * @param writing generates, and learns fully; the model with LoRA itself where full training is
   *     not measured
   */
  private Turns run(
      Subject subject, LanguageModel learning, LanguageModel writing, NDManager manager) {
    Flops flops = Flops.of(learning);
    Generator generator = new Generator(writing, subject.base().tokenizer());
    Generation many = new Generation(generator, plan.rows(), plan, flops);
    Generation one = new Generation(generator, 1, plan, flops);
    try (MatrixProduct product = new MatrixProduct(MATRIX, manager);
        Training lora =
            new Training(learning, learning.loraParameters(), plan, flops::loraTraining, manager);
        Training full =
            new Training(writing, writing.baseParameters(), plan, flops::fullTraining, manager);
        Progress.Task shown = progress.start(subject.name(), plan.repetitions() + 1L)) {
      Turns turns = new Turns();
      long begin = System.nanoTime();
      for (int i = 0; i <= plan.repetitions() && (i < 2 || !isOver(begin)); i++) {
        turns.counting = i > 0;
        turns.add(Turns.PRODUCT, product.measure());
        turns.add(LORA_TRAINING, lora.measure());
        turns.add(PREFILL, DECODE, many.measure());
        turns.add("", DECODE_ONE, one.measure());
        if (learning != writing) {
          turns.add(FULL_TRAINING, full.measure());
        }
        shown.step();
      }
      return turns;
    }
  }

  private boolean isOver(long begin) {
    return System.nanoTime() - begin > TimeUnit.SECONDS.toNanos(plan.secondsPerModel());
  }

  /** Samples by kind of work, in the order in which they first came. */
  private static final class Turns {
    static final String PRODUCT = "matmul";
    private final Map<String, List<Sample>> samples = new LinkedHashMap<>();
    private boolean counting;

    void add(String work, Sample sample) {
      if (counting && !work.isEmpty()) {
        samples.computeIfAbsent(work, any -> new ArrayList<>()).add(sample);
      }
    }

    void add(String prefill, String decode, Generation.Parts parts) {
      add(prefill, parts.prefill());
      add(decode, parts.decode());
    }

    Result result(Subject subject, Precision precision) {
      List<Sample> products = samples.remove(PRODUCT);
      List<Measured> works = new ArrayList<>();
      samples.forEach((work, all) -> works.add(Measured.of(work, all, products)));
      double matmul = Measured.of(PRODUCT, products, products).gflopsPerSecond();
      return new Result(
          subject.name(),
          precision.hfName(),
          subject.base().parameterCount(),
          products.size(),
          matmul,
          works);
    }
  }
}
