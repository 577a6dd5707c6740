package org.coplms.dataprep.card;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.coplms.dataprep.ExampleSchema;

/** Counts over texts that add up, whatever the order and the parts. */
public final class TextCounts implements Serializable {
  private static final long serialVersionUID = 1L;

  private final Lengths prompts = new Lengths();
  private final Lengths responses = new Lengths();
  private final List<Lengths> tokens = new ArrayList<>();
  private final Coverage coverage;

  private TextCounts(Optional<Tokenizers> tokenizers) {
    tokenizers.ifPresent(all -> all.names().forEach(name -> tokens.add(new Lengths())));
    coverage = tokenizers.map(Tokenizers::coverage).orElse(null);
  }

  /**
   * Reads each example once; one small summary of each partition travels.
   *
   * @param examples with {@code prompt} and {@code responses}, of which the first counts
   */
  public static TextSummary of(Dataset<Row> examples, Optional<Tokenizers> tokenizers) {
    return examples
        .select(ExampleSchema.PROMPT, ExampleSchema.RESPONSES)
        .toJavaRDD()
        .mapPartitions(new CountFn(tokenizers.orElse(null)))
        .treeAggregate(new TextCounts(tokenizers), TextCounts::plus, TextCounts::plus)
        .summary(tokenizers.map(Tokenizers::names).orElse(List.of()));
  }

  private TextCounts plus(TextCounts other) {
    prompts.add(other.prompts);
    responses.add(other.responses);
    for (int i = 0; i < tokens.size(); i++) {
      tokens.get(i).add(other.tokens.get(i));
    }
    if (coverage != null) {
      coverage.merge(other.coverage);
    }
    return this;
  }

  private void add(String prompt, String response, Tokenizers by) {
    prompts.add(prompt.codePointCount(0, prompt.length()));
    responses.add(response.codePointCount(0, response.length()));
    if (by == null) {
      return;
    }
    int[] lengths = by.tokens(prompt, response);
    for (int i = 0; i < lengths.length; i++) {
      tokens.get(i).add(lengths[i]);
    }
    coverage.add(prompt);
    coverage.add(response);
  }

  private TextSummary summary(List<String> names) {
    List<LengthSummary> lengths = new ArrayList<>();
    lengths.add(prompts.summary("prompt, characters"));
    lengths.add(responses.summary("response, characters"));
    for (int i = 0; i < names.size(); i++) {
      lengths.add(tokens.get(i).summary("prompt and response, tokens of " + names.get(i)));
    }
    return new TextSummary(lengths, coverage == null ? List.of() : coverage.summaries());
  }

  /** Examples → their counts. */
  private static final class CountFn implements FlatMapFunction<Iterator<Row>, TextCounts> {
    private static final long serialVersionUID = 1L;

    private final Tokenizers tokenizers;

    /** null for none. */
    CountFn(Tokenizers tokenizers) {
      this.tokenizers = tokenizers;
    }

    @Override
    public Iterator<TextCounts> call(Iterator<Row> examples) {
      TextCounts counts = new TextCounts(Optional.ofNullable(tokenizers));
      while (examples.hasNext()) {
        Row example = examples.next();
        counts.add(example.getString(0), example.<String>getList(1).get(0), tokenizers);
      }
      return List.of(counts).iterator();
    }
  }
}
