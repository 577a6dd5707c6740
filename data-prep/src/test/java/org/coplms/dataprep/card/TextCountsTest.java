package org.coplms.dataprep.card;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.coplms.dataprep.ExampleSchema;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("spark")
class TextCountsTest {
  private static SparkSession spark;

  @BeforeAll
  static void start() {
    spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.host", "127.0.0.1")
            .getOrCreate();
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  /** One token for each character. */
  private static final class Letters implements Tokenizers {
    private static final long serialVersionUID = 1L;

    @Override
    public List<String> names() {
      return List.of("letters");
    }

    @Override
    public int[] tokens(String prompt, String response) {
      return new int[] {prompt.length() + response.length()};
    }

    @Override
    public Coverage coverage() {
      return new LetterCounts();
    }
  }

  private static final class LetterCounts implements Coverage {
    private static final long serialVersionUID = 1L;

    private final BitSet used = new BitSet();
    private long tokens;

    @Override
    public void add(String text) {
      text.chars().forEach(used::set);
      tokens += text.length();
    }

    @Override
    public void merge(Coverage other) {
      used.or(((LetterCounts) other).used);
      tokens += ((LetterCounts) other).tokens;
    }

    @Override
    public List<TokenizerSummary> summaries() {
      return List.of(new TokenizerSummary("letters", 256, used.cardinality(), tokens, 0, 0));
    }
  }

  @Test
  void lengthsAndTokensAreCountedWhateverThePartitions() {
    TextSummary one = TextCounts.of(examples(1), Optional.of(new Letters()));
    assertThat(TextCounts.of(examples(3), Optional.of(new Letters()))).isEqualTo(one);
    assertThat(one.tokenizers()).containsExactly(new TokenizerSummary("letters", 256, 6, 15, 0, 0));
    assertThat(one.lengths())
        .extracting(LengthSummary::name)
        .containsExactly(
            "prompt, characters", "response, characters", "prompt and response, tokens of letters");
    assertThat(one.lengths().get(0).mean()).isEqualTo(4.5);
    assertThat(one.lengths().get(1).longest()).isEqualTo(4);
  }

  @Test
  void withoutTokenizersThereAreCharactersOnly() {
    TextSummary summary = TextCounts.of(examples(2), Optional.empty());
    assertThat(summary.tokenizers()).isEmpty();
    assertThat(summary.lengths()).hasSize(2);
  }

  /** Two, with a second response each that does not count. */
  private static Dataset<Row> examples(int partitions) {
    List<Row> rows = new ArrayList<>();
    rows.add(row("1", "ab ab!", "éa", "unseen"));
    rows.add(row("2", "abc", "a b ", "x"));
    return spark.createDataFrame(rows, ExampleSchema.EXAMPLES).repartition(partitions);
  }

  private static Row row(String id, String prompt, String first, String second) {
    return RowFactory.create(id, "d", prompt, new String[] {first, second}, "train", 0);
  }
}
