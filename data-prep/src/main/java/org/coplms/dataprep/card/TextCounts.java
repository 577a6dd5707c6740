package org.coplms.dataprep.card;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.coplms.dataprep.ExampleSchema;
import org.coplms.dataprep.Tokenizers;

/** Counts over texts that add up, whatever the order and the parts. */
public final class TextCounts implements Serializable {
  private static final long serialVersionUID = 1L;

  private final Lengths prompts = new Lengths();
  private final Lengths responses = new Lengths();
  private final List<Tokens> tokenizers = new ArrayList<>();
  private long words;

  /** One tokenizer's. */
  private static final class Tokens implements Serializable {
    private static final long serialVersionUID = 1L;

    private final Lengths lengths = new Lengths();
    private final BitSet used = new BitSet();
    private long tokens;
    private long unknown;

    void add(Tokens other) {
      lengths.add(other.lengths);
      used.or(other.used);
      tokens += other.tokens;
      unknown += other.unknown;
    }
  }

  private TextCounts(int tokenizers) {
    for (int i = 0; i < tokenizers; i++) {
      this.tokenizers.add(new Tokens());
    }
  }

  /**
   * Reads each example once; one small summary of each partition travels.
   *
   * @param examples with {@code prompt} and {@code responses}, of which the first counts
   */
  public static TextSummary of(Dataset<Row> examples, Optional<Tokenizers> tokenizers) {
    int number = tokenizers.map(each -> each.names().size()).orElse(0);
    return examples
        .select(ExampleSchema.PROMPT, ExampleSchema.RESPONSES)
        .toJavaRDD()
        .mapPartitions(new CountFn(tokenizers.orElse(null), number))
        .treeAggregate(new TextCounts(number), TextCounts::plus, TextCounts::plus)
        .summary(tokenizers);
  }

  private TextCounts plus(TextCounts other) {
    prompts.add(other.prompts);
    responses.add(other.responses);
    words += other.words;
    for (int i = 0; i < tokenizers.size(); i++) {
      tokenizers.get(i).add(other.tokenizers.get(i));
    }
    return this;
  }

  private void add(String prompt, String response, Tokenizers by) {
    prompts.add(prompt.codePointCount(0, prompt.length()));
    responses.add(response.codePointCount(0, response.length()));
    if (tokenizers.isEmpty()) {
      return;
    }
    words += words(prompt) + words(response);
    for (int i = 0; i < tokenizers.size(); i++) {
      Tokens counts = tokenizers.get(i);
      counts.lengths.add(add(counts, by, i, prompt) + add(counts, by, i, response));
    }
  }

  private static int add(Tokens counts, Tokenizers by, int tokenizer, String text) {
    int[] ids = by.ids(tokenizer, text);
    for (int id : ids) {
      counts.used.set(id);
      counts.unknown += by.isUnknown(tokenizer, id) ? 1 : 0;
    }
    counts.tokens += ids.length;
    return ids.length;
  }

  private static long words(String text) {
    long words = 0;
    boolean inside = false;
    for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
      boolean letter = Character.isLetterOrDigit(text.codePointAt(i));
      words += letter && !inside ? 1 : 0;
      inside = letter;
    }
    return words;
  }

  private TextSummary summary(Optional<Tokenizers> named) {
    List<LengthSummary> lengths = new ArrayList<>();
    lengths.add(prompts.summary("prompt, characters"));
    lengths.add(responses.summary("response, characters"));
    List<TokenizerSummary> summaries = new ArrayList<>();
    for (int i = 0; i < tokenizers.size(); i++) {
      Tokens counts = tokenizers.get(i);
      String name = named.orElseThrow().names().get(i);
      lengths.add(counts.lengths.summary("prompt and response, tokens of " + name));
      summaries.add(
          new TokenizerSummary(
              name,
              named.orElseThrow().vocabularySize(i),
              counts.used.cardinality(),
              counts.tokens,
              counts.unknown,
              words));
    }
    return new TextSummary(lengths, summaries);
  }

  /** Examples → their counts. */
  private static final class CountFn implements FlatMapFunction<Iterator<Row>, TextCounts> {
    private static final long serialVersionUID = 1L;

    private final Tokenizers tokenizers;
    private final int number;

    CountFn(Tokenizers tokenizers, int number) {
      this.tokenizers = tokenizers;
      this.number = number;
    }

    @Override
    public Iterator<TextCounts> call(Iterator<Row> examples) {
      TextCounts counts = new TextCounts(number);
      while (examples.hasNext()) {
        Row example = examples.next();
        counts.add(example.getString(0), example.<String>getList(1).get(0), tokenizers);
      }
      return List.of(counts).iterator();
    }
  }
}
