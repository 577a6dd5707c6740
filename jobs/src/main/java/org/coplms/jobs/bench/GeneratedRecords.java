package org.coplms.jobs.bench;

import java.util.List;
import java.util.SplittableRandom;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;

/**
 * Records as people's files have them, made by number: questions about eight subjects in words of a
 * long-tailed vocabulary. Of a hundred records five repeat an earlier prompt, ten change a word of
 * one, and in a thousand one is broken.
 */
final class GeneratedRecords {
  private static final int SUBJECTS = 8;
  private static final int WORDS_OF_SUBJECT = 4_000;
  private static final int COMMON_WORDS = 20_000;
  private static final int REPEATED = 5;
  private static final int CHANGED = 10;
  private static final int BROKEN_OF = 1_000;
  private static final int ROWS_OF_FILE = 250_000;

  private static final List<String> SYLLABLES =
      List.of(
          "ba", "cor", "del", "fi", "gan", "hu", "jo", "kel", "lim", "mo", "nar", "os", "pri",
          "que", "ras", "sto", "tu", "ver", "wi", "xe", "yan", "zo", "al", "en", "ir", "um");

  private GeneratedRecords() {}

  /** Writes {@code rows} records as JSON lines; the same for the same number. */
  static void write(SparkSession spark, long rows, String folder) {
    int files = (int) Math.max(2, rows / ROWS_OF_FILE);
    spark
        .range(0, rows, 1, files)
        .map(new LineFn(), Encoders.STRING())
        .write()
        .mode(SaveMode.Overwrite)
        .text(folder);
  }

  /** One line. */
  static String line(long number) {
    SplittableRandom random = new SplittableRandom(number);
    if (random.nextInt(BROKEN_OF) == 0) {
      return "{\"prompt\": \"cut sho";
    }
    int kind = random.nextInt(100);
    boolean copies = number > 0 && kind < REPEATED + CHANGED;
    long original = copies ? random.nextLong(number) : number;
    String prompt = prompt(new SplittableRandom(~original));
    if (copies && kind >= REPEATED) {
      prompt = prompt + " " + word(random, 0, COMMON_WORDS);
    }
    return "{\"prompt\": \"%s\", \"response\": \"%s\"}"
        .formatted(prompt, text(random, random.nextInt(SUBJECTS), 3 + random.nextInt(20)));
  }

  private static String prompt(SplittableRandom random) {
    return text(random, random.nextInt(SUBJECTS), 12 + random.nextInt(16)) + "?";
  }

  private static String text(SplittableRandom random, int subject, int words) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < words; i++) {
      text.append(i == 0 ? "" : " ");
      boolean own = random.nextInt(3) > 0;
      text.append(
          own
              ? word(random, COMMON_WORDS + subject * WORDS_OF_SUBJECT, WORDS_OF_SUBJECT)
              : word(random, 0, COMMON_WORDS));
    }
    return text.toString();
  }

  /** A word of a range; the first are much more frequent than the last. */
  private static String word(SplittableRandom random, int from, int size) {
    double skewed = Math.pow(random.nextDouble(), 3);
    int rank = from + (int) (skewed * size);
    StringBuilder word = new StringBuilder();
    for (int left = rank + SYLLABLES.size(); left > 0; left /= SYLLABLES.size()) {
      word.append(SYLLABLES.get(left % SYLLABLES.size()));
    }
    return word.toString();
  }

  /** Number → line. */
  private static final class LineFn implements MapFunction<Long, String> {
    private static final long serialVersionUID = 1L;

    @Override
    public String call(Long number) {
      return line(number);
    }
  }
}
