package org.coplms.proxy.lm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.coplms.proxy.tensor.Bfloat16;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.tensor.RandomTensors;
import org.coplms.proxy.tensor.Torch;

/**
 * The figures of docs/adr/0026, on one thread; run it with
 *
 * <pre>
 * OMP_WAIT_POLICY=passive mvn -B -q -pl proxy test-compile \
 *     org.codehaus.mojo:exec-maven-plugin:3.5.0:java -Dexec.classpathScope=test \
 *     -Dexec.mainClass=org.coplms.proxy.lm.KernelBenchmark
 * </pre>
 *
 * <p>Both ways take turns; counted is the thread's processor time, and of that each way's shortest,
 * so that a busy machine disturbs the ratio little.
 */
public final class KernelBenchmark {
  private static final int BATCH = 2;
  private static final int HEADS = 8;
  private static final double SECONDS = 0.3; // of processor time, for each line and direction
  private static final int LEAST_TURNS = 6;

  private KernelBenchmark() {}

  /** Prints a table of frozen linear modules and one of attention. */
  public static void main(String[] arguments) {
    Torch.beginTask(1);
    print(
        "layout    width tokens | forward: f32 us  bf16 gains | both: f32 us  bf16 gains | error");
    for (Linear.Layout layout : Linear.Layout.values()) {
      for (int width : new int[] {64, 256, 1024, 2048}) {
        for (int tokens : new int[] {1, 64, 512}) {
          linear(layout, width, tokens);
        }
      }
    }
    print(
        "groups dim tokens mask   | forward: plain us  fused gains | both: plain us  fused gains");
    for (int groups : new int[] {1, 4}) {
      for (int dim : new int[] {16, 64}) {
        for (int tokens : new int[] {64, 128, 256, 512, 1024}) {
          attention(groups, dim, tokens);
        }
      }
    }
  }

  private static void linear(Linear.Layout layout, int width, int tokens) {
    try (NDManager owner = Torch.newManager(Torch.defaultDevice())) {
      NDArray weight = normal(owner, 1 / Math.sqrt(width), width, width);
      NDArray frozen = Bfloat16.narrow(weight);
      NDArray x = normal(owner, 1, tokens, width);
      Ways ways =
          new Ways(
              List.of(x), () -> layout.apply(x, weight, null), () -> layout.apply(x, frozen, null));
      NDArray expected = layout.apply(x, weight, null);
      double error =
          layout.apply(x, frozen, null).sub(expected).norm().getFloat()
              / expected.norm().getFloat();
      print("%-9s %5d %6d | %s | %.4f".formatted(layout, width, tokens, ways.times(), error));
    }
  }

  private static void attention(int groups, int dim, int tokens) {
    try (NDManager owner = Torch.newManager(Torch.defaultDevice())) {
      int keyValueHeads = HEADS / groups;
      NDArray query = normal(owner, 0.3, BATCH, keyValueHeads, (long) groups * tokens, dim);
      NDArray keys = normal(owner, 1, BATCH, tokens, keyValueHeads, dim);
      NDArray values = normal(owner, 1, BATCH, tokens, keyValueHeads, dim);
      NDArray key = keys.swapAxes(1, 2);
      NDArray value = values.swapAxes(1, 2);
      NDArray mask = causal(tokens, owner);
      NDArray same = causal(tokens, owner);
      for (NDArray used : List.of(mask, same)) { // the pass's own mask is known to be causal
        Pass pass = new Pass(BATCH, 0, tokens, null, mask, mask);
        Ways ways =
            new Ways(
                List.of(query, key, value),
                () -> ScaledDotProduct.plain(query, key, value, used, pass),
                () -> ScaledDotProduct.fused(query, key, value, used, pass));
        String kind = used == mask ? "causal" : "any";
        print("%6d %3d %6d %-6s | %s".formatted(groups, dim, tokens, kind, ways.times()));
      }
    }
  }

  /** A way of computing and a faster one, of inputs whose gradients are wanted. */
  private record Ways(
      List<NDArray> inputs, Supplier<NDArray> reference, Supplier<NDArray> candidate) {

    String times() {
      double[] forward = alternate(false);
      inputs.forEach(input -> input.setRequiresGradient(true));
      double[] both = alternate(true);
      return "%15.0f %12.2f | %12.0f %12.2f"
          .formatted(forward[0], forward[0] / forward[1], both[0], both[0] / both[1]);
    }

    /** Shortest times in microseconds. */
    private double[] alternate(boolean backward) {
      double[] best = {Double.MAX_VALUE, Double.MAX_VALUE};
      long end = processorTime() + (long) (SECONDS * 1e9);
      for (int turn = 0; turn < LEAST_TURNS || processorTime() < end; turn++) {
        best[0] = Math.min(best[0], once(reference, backward));
        best[1] = Math.min(best[1], once(candidate, backward));
      }
      return best;
    }

    private double once(Supplier<NDArray> way, boolean backward) {
      try (NDManager scope = inputs.get(0).getManager().newSubManager()) {
        inputs.forEach(input -> input.tempAttach(scope));
        long start = processorTime();
        if (backward) {
          Torch.backward(Torch.recording(() -> way.get().sum()));
        } else {
          way.get().close();
        }
        return (processorTime() - start) / 1e3;
      }
    }
  }

  private static long processorTime() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static NDArray causal(int tokens, NDManager owner) {
    float[] values = new float[tokens * tokens];
    for (int i = 0; i < values.length; i++) {
      values[i] = i % tokens > i / tokens ? Float.NEGATIVE_INFINITY : 0;
    }
    return HostTensor.wrap(new long[] {tokens, tokens}, values).toArray(owner);
  }

  private static NDArray normal(NDManager owner, double std, long... shape) {
    return RandomTensors.normal(shape, std, new SplittableRandom(1)).toArray(owner);
  }

  @SuppressWarnings("SystemOut") // it prints tables
  private static void print(String line) {
    System.out.println(line);
  }
}
