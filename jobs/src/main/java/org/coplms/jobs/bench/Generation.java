package org.coplms.jobs.bench;

import java.util.Collections;
import java.util.List;
import org.coplms.proxy.lm.Decoding;
import org.coplms.proxy.lm.Generator;
import org.coplms.proxy.lm.SeededPrompt;

/** Greedy generation with the key-value cache: the prompts' part, and the new tokens' part. */
final class Generation {
  private static final String WORD = "a";

  private final Generator generator;
  private final List<SeededPrompt> prompts;
  private final int promptTokens;
  private final Flops flops;
  private final Decoding decoding;

  /** A measurement of both parts. */
  record Parts(Sample prefill, Sample decode) {}

  Generation(Generator generator, int rows, BenchPlan plan, Flops flops) {
    this.generator = generator;
    this.flops = flops;
    this.decoding = Decoding.greedy(plan.newTokens());
    String prompt = prompt(generator, plan.tokens());
    this.prompts = Collections.nCopies(rows, new SeededPrompt(prompt, 0));
    this.promptTokens = generator.promptTokens(prompt);
  }

  /** The longest repetition that takes at most so many tokens. */
  private static String prompt(Generator generator, int tokens) {
    StringBuilder longer = new StringBuilder(WORD);
    String prompt = WORD;
    while (generator.promptTokens(longer.toString()) <= tokens) {
      prompt = longer.toString();
      longer.append(prompt.length() % 6 == 5 ? " " : WORD);
    }
    return prompt;
  }

  Parts measure() {
    long begin = System.nanoTime();
    Clock clock = new Clock(prompts.size());
    generator.answer(prompts, decoding, (row, text, last) -> clock.heard());
    long end = System.nanoTime();
    int tokens = clock.heard - prompts.size();
    return new Parts(
        new Sample(
            (double) promptTokens * prompts.size(),
            flops.prefill(prompts.size(), (long) promptTokens * prompts.size()),
            1e-9 * (clock.firstStep - begin)),
        new Sample(tokens, flops.decode(tokens), 1e-9 * (end - clock.firstStep)));
  }

  /** Every row is heard once for each token, in steps. */
  private static final class Clock {
    private final int rows;
    private int heard;
    private long firstStep;

    Clock(int rows) {
      this.rows = rows;
    }

    void heard() {
      heard++;
      if (heard == rows) {
        firstStep = System.nanoTime();
      }
    }
  }
}
