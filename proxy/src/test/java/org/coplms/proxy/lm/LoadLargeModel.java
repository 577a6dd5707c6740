package org.coplms.proxy.lm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.coplms.proxy.tensor.Torch;

/** A program that loads a checkpoint, runs one forward pass and says what that took. */
final class LoadLargeModel {
  private LoadLargeModel() {}

  /**
   * Prints the sum of the logits, seconds of loading and of the pass, and memory in MiB.
   *
   * @param arguments folder of the checkpoint
   */
  public static void main(String[] arguments) throws IOException {
    Torch.beginTask(2);
    try (NDManager manager = Torch.newManager(Torch.defaultDevice())) {
      long start = System.nanoTime();
      LanguageModel model = Checkpoint.load(Path.of(arguments[0]), manager);
      long loaded = System.nanoTime();
      NDArray ids = manager.create(new long[][] {{1, 2, 3, 4, 5, 6, 7, 8}});
      float sum = model.logits(model.hidden(ids)).sum().getFloat();
      long done = System.nanoTime();
      System.out.printf(
          Locale.ROOT,
          "sum %.6g load %.2f s forward %.2f s peak %d MiB own %d MiB heap %d MiB%n",
          sum,
          (loaded - start) / 1e9,
          (done - loaded) / 1e9,
          status("VmHWM"),
          status("RssAnon"),
          Runtime.getRuntime().maxMemory() >> 20);
    }
  }

  /** A figure of this process in MiB, −1 where the system does not say. */
  private static long status(String key) throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return -1;
    }
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith(key + ":"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) >> 10)
        .findFirst()
        .orElse(-1);
  }
}
