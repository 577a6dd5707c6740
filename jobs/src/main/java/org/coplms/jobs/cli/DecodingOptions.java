package org.coplms.jobs.cli;

import java.util.ArrayList;
import java.util.List;
import org.coplms.proxy.lm.Decoding;
import picocli.CommandLine.Option;

/** How the next token is chosen, and where a response ends. */
final class DecodingOptions {
  @Option(
      names = "--max-new-tokens",
      paramLabel = "N",
      description = "Most tokens of a response. Default: ${DEFAULT-VALUE}.")
  private int maxNewTokens = 128;

  @Option(
      names = "--temperature",
      paramLabel = "T",
      description = "0 takes the most probable token, 1 draws as the model says. Default: 0.")
  private double temperature;

  @Option(
      names = "--top-k",
      paramLabel = "K",
      description = "Draw among the K most probable tokens. Default: all.")
  private int topK;

  @Option(
      names = "--top-p",
      paramLabel = "P",
      description =
          "Draw among the most probable tokens that together have probability P. Default: 1, all.")
  private double topP = 1;

  @Option(
      names = "--repetition-penalty",
      paramLabel = "R",
      description = "Over 1 avoids tokens that prompt or response have already. Default: 1.")
  private double repetitionPenalty = 1;

  @Option(
      names = "--stop",
      paramLabel = "TEXT",
      description =
          "A response ends before this text; for a line's end write --stop $'\\n'. Repeatable.")
  private List<String> stop = new ArrayList<>();

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "The same seed and prompt draw the same response. Default: 0.")
  private long seed;

  Decoding decoding() {
    return new Decoding(temperature, topK, topP, repetitionPenalty, stop, maxNewTokens);
  }

  long seed() {
    return seed;
  }
}
