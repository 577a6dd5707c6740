package org.coplms.proxy.cotune;

import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.coplms.proxy.tokenizer.TokenizedExample;
import org.coplms.proxy.train.Batches;
import org.coplms.proxy.train.Texts;

/** Batches that are half public and half generated, or all public while nothing is generated. */
final class MixedBatches {
  private final List<TokenizedExample> shared;
  private final List<TokenizedExample> generated;
  private final Batches sharedBatches;
  private final Optional<Batches> generatedBatches;

  /**
   * @param size texts of both kinds together, at least one of each
   * @param seed of a purpose
   */
  MixedBatches(
      List<TokenizedExample> shared,
      List<TokenizedExample> generated,
      int size,
      ToLongFunction<String> seed) {
    this.shared = shared;
    this.generated = generated;
    int half = generated.isEmpty() ? size : (size + 1) / 2;
    this.sharedBatches = new Batches(shared.size(), half, seed.applyAsLong("public"));
    this.generatedBatches =
        generated.isEmpty()
            ? Optional.empty()
            : Optional.of(
                new Batches(
                    generated.size(), Math.max(1, size - half), seed.applyAsLong("generated")));
  }

  Mixed next() {
    return new Mixed(
        Texts.pick(shared, sharedBatches.next()),
        generatedBatches.map(b -> Texts.pick(generated, b.next())).orElse(List.of()));
  }

  /** One batch; {@code generated} may be empty. */
  record Mixed(List<TokenizedExample> shared, List<TokenizedExample> generated) {
    List<TokenizedExample> all() {
      return Stream.concat(shared.stream(), generated.stream()).toList();
    }
  }
}
