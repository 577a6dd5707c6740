package org.coplms.proxy.cotune;

import java.util.List;
import org.coplms.proxy.tokenizer.TokenizedExample;
import org.coplms.proxy.train.Batches;
import org.coplms.proxy.train.Texts;

/** Pairs that the DPM wrote, some of which it learns beside each private batch. */
final class Replay {
  private final List<TokenizedExample> pairs;
  private final Batches batches;

  private Replay(List<TokenizedExample> pairs, Batches batches) {
    this.pairs = pairs;
    this.batches = batches;
  }

  /** Of this many pairs a batch, or none where there are no pairs or none is asked for. */
  static Replay of(EdgeTask task, List<TokenizedExample> pairs) {
    int size = (int) Math.round(task.edge().batchSize() * task.edge().rehearsal().replay());
    return size == 0 || pairs.isEmpty()
        ? new Replay(List.of(), null)
        : new Replay(pairs, new Batches(pairs.size(), size, task.seed("replay")));
  }

  List<TokenizedExample> next() {
    return batches == null ? List.of() : Texts.pick(pairs, batches.next());
  }
}
