package org.coplms.proxy.lm;

import ai.djl.ndarray.NDManager;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.coplms.proxy.tensor.Torch;
import org.coplms.proxy.tokenizer.LmTokenizer;
import org.coplms.proxy.tokenizer.TestTokenizers;

/**
 * Greedy answers to prompts of 10 to 200 tokens (64 of them, or as many as the argument says), by a
 * random llama of some 7 million weights, on one thread: processor time and wall clock; started as
 * {@link KernelBenchmark} is.
 */
public final class MixedLengthBenchmark {
  private static final int PROMPTS = 64;
  private static final int TURNS = 3;

  private MixedLengthBenchmark() {}

  /** Prints each turn's seconds and a hash of the answers. */
  public static void main(String[] arguments) {
    Torch.beginTask(1);
    try (LmTokenizer tokenizer = TestTokenizers.byteLevel(259);
        NDManager manager = Torch.newManager(Torch.defaultDevice());
        LanguageModel model =
            LanguageModel.random(LmConfig.of(Family.LLAMA, 259, 256, 9, 8, 512), 1, manager)) {
      Generator generator = new Generator(model, tokenizer);
      SplittableRandom random = new SplittableRandom(3);
      List<String> prompts =
          IntStream.range(0, arguments.length == 0 ? PROMPTS : Integer.parseInt(arguments[0]))
              .mapToObj(i -> "x".repeat(9 + random.nextInt(190)).replaceFirst("x", "" + (i % 10)))
              .toList();
      for (int turn = 0; turn < TURNS; turn++) {
        long wall = System.nanoTime();
        long cpu = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        int hash = generator.answer(prompts, Decoding.greedy(64), 1).hashCode();
        System.out.printf(
            "%.2f s of processor time, %.2f s, %d%n",
            (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - cpu) / 1e9,
            (System.nanoTime() - wall) / 1e9,
            hash);
      }
    }
  }
}
