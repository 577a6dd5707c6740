package org.coplms.jobs.bench;

import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.coplms.jobs.progress.Progress;
import org.coplms.proxy.lm.Generator;
import org.coplms.proxy.lm.LanguageModel;
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
   * @param weights its number of weights
   * @param matmulGflops medians of the matrix product in turns with it
   */
  public record Result(String model, long weights, double matmulGflops, List<Measured> works) {
    /** Copies the list. */
    public Result {
      works = List.copyOf(works);
    }
  }

  /** Measures one model; computes on this thread. */
  public Result run(Subject subject) {
    compute.begin();
    try (NDManager manager = compute.newManager();
        MatrixProduct product = new MatrixProduct(MATRIX, manager);
        LanguageModel model = subject.base().instantiate(manager);
        LanguageModel plain = subject.base().instantiate(manager)) {
      model.attachLora(Subject.LORA, 1);
      Flops flops = subject.flops(model);
      Generator generator = new Generator(plain, subject.base().tokenizer());
      Generation many = new Generation(generator, plan.rows(), plan, flops);
      Generation one = new Generation(generator, 1, plan, flops);
      try (Training lora =
              new Training(model, model.loraParameters(), plan, flops::loraTraining, manager);
          Training full =
              new Training(plain, plain.baseParameters(), plan, flops::fullTraining, manager)) {
        Turns turns = new Turns();
        try (Progress.Task shown = progress.start(subject.name(), plan.repetitions() + 1L)) {
          for (int i = 0; i <= plan.repetitions(); i++) {
            turns.counting = i > 0;
            turns.add(Turns.PRODUCT, product.measure());
            turns.add(LORA_TRAINING, lora.measure());
            turns.add(PREFILL, DECODE, many.measure());
            turns.add("", DECODE_ONE, one.measure());
            if (subject.learnsFully()) {
              turns.add(FULL_TRAINING, full.measure());
            }
            shown.step();
          }
        }
        return turns.result(subject);
      }
    }
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

    Result result(Subject subject) {
      List<Sample> products = samples.remove(PRODUCT);
      List<Measured> works = new ArrayList<>();
      samples.forEach((work, all) -> works.add(Measured.of(work, all, products)));
      double matmul = Measured.of(PRODUCT, products, products).gflopsPerSecond();
      return new Result(subject.name(), subject.base().parameterCount(), matmul, works);
    }
  }
}
