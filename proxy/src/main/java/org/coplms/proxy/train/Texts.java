package org.coplms.proxy.train;

import java.util.ArrayList;
import java.util.List;
import org.coplms.proxy.tokenizer.LmTokenizer;
import org.coplms.proxy.tokenizer.PromptFormat;
import org.coplms.proxy.tokenizer.TokenizedExample;

/** Examples as one model reads them. */
public final class Texts {
  private Texts() {}

  /**
   * The examples that the tokenizer can represent and that fit.
   *
   * @throws IllegalArgumentException when none is left
   */
  public static List<TokenizedExample> tokenize(
      List<Example> examples, LmTokenizer tokenizer, PromptFormat format, int maxTokens) {
    List<TokenizedExample> texts =
        examples.stream()
            .flatMap(
                e ->
                    TokenizedExample.of(
                        e.id(), e.prompt(), e.response(), tokenizer, format, maxTokens)
                        .stream())
            .toList();
    if (texts.isEmpty()) {
      throw new IllegalArgumentException(
          "None of %d examples can be learned from: each is longer than %d tokens or unknown to the tokenizer; raise max-tokens or check the data"
              .formatted(examples.size(), maxTokens));
    }
    return texts;
  }

  public static <T> List<T> pick(List<T> all, int[] indices) {
    List<T> picked = new ArrayList<>(indices.length);
    for (int index : indices) {
      picked.add(all.get(index));
    }
    return picked;
  }
}
