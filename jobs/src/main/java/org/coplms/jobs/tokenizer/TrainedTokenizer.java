package org.coplms.jobs.tokenizer;

import java.time.Duration;
import org.coplms.dataprep.words.FrequentWords.Totals;

/**
 * What came of training a tokenizer.
 *
 * @param vocabSize number of ids; fewer than asked for where no further pair occurs twice
 * @param all words of the texts
 * @param kept words that merges were learned from
 * @param replaced characters U+FFFD among the kept, which stand for bytes that are no UTF-8
 */
public record TrainedTokenizer(
    int vocabSize, Totals all, Totals kept, long replaced, Duration counting, Duration learning) {

  /** Share of all occurrences of words that the kept words are, 0 to 1. */
  public double keptOccurrences() {
    return (double) kept.occurrences() / all.occurrences();
  }

  /** Share of all bytes of words that those of the kept words are, 0 to 1. */
  public double keptBytes() {
    return (double) kept.bytes() / all.bytes();
  }
}
