package org.coplms.proxy.lm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.coplms.proxy.tensor.Kernels;

/**
 * Extends the rows of a batch together, one position at a time, over a key-value cache.
 *
 * <p>All rows stand at the same position: what is common to the given parts is read at once, and a
 * row whose given part is longer reads on from it while the others already choose. So there is no
 * padding, no mask and no position of its own for a row. Rows that are done leave the batch when
 * they are half of it.
 */
final class LockStep implements AutoCloseable {
  private final LanguageModel model;
  private final NextToken next;
  private final NDManager manager;
  private List<DecodingRow> rows;
  private KvCache cache;

  /** Begins; everything native belongs to a manager under {@code owner} until {@link #close}. */
  LockStep(LanguageModel model, NextToken next, List<? extends DecodingRow> rows, NDManager owner) {
    this.model = model;
    this.next = next;
    this.rows = new ArrayList<>(rows);
    this.manager = owner.newSubManager();
    int capacity = rows.stream().mapToInt(DecodingRow::limit).max().orElse(1);
    this.cache = new KvCache(model.config(), rows.size(), capacity, manager);
  }

  /** Runs until every row is done. */
  void run() {
    rows.removeIf(DecodingRow::isDone);
    if (rows.isEmpty()) {
      return;
    }
    int position = rows.stream().mapToInt(DecodingRow::givenLength).min().orElseThrow();
    step(0, position);
    while (rows.stream().anyMatch(row -> !row.isDone())) {
      dropDone();
      step(position, position + 1);
      position++;
    }
  }

  /** Feeds the tokens of positions {@code from} to {@code to} and lets rows choose the next. */
  private void step(int from, int to) {
    try (NDManager step = manager.newSubManager()) {
      NDArray hidden = model.hidden(inputIds(from, to, step), cache); // (B, T, H)
      if (rows.stream().noneMatch(row -> chooses(row, to))) {
        return;
      }
      long width = model.config().hiddenSize();
      NDArray last =
          Kernels.window(
                  hidden,
                  new long[] {0, (long) to - from - 1, 0},
                  new long[] {rows.size(), (long) to - from, width},
                  step)
              .reshape(rows.size(), width); // (B, H)
      NDArray logits = model.logits(last); // (B, V)
      choose(next.penalizes() ? next.penalized(logits, inputIds(0, to, step)) : logits, to);
    }
  }

  /** Whether the row has been read to its end and wants more. */
  private static boolean chooses(DecodingRow row, int position) {
    return !row.isDone() && row.length() == position;
  }

  private void choose(NDArray logits, int position) {
    NextToken.Best best = next.best(logits);
    long[] drawn = draw(logits, position);
    for (int i = 0; i < rows.size(); i++) {
      DecodingRow row = rows.get(i);
      if (chooses(row, position)) {
        row.accept((int) (row.samples() ? drawn[i] : best.ids()[i]), best.logProbs()[i]);
      }
    }
  }

  private long[] draw(NDArray logits, int position) {
    float[] uniform = new float[rows.size()];
    boolean anyDraws = false;
    for (int i = 0; i < uniform.length; i++) {
      DecodingRow row = rows.get(i);
      boolean draws = row.samples() && chooses(row, position);
      uniform[i] = draws ? row.uniform() : 0.5f;
      anyDraws |= draws;
    }
    return anyDraws ? next.draw(logits, uniform) : new long[uniform.length];
  }

  private NDArray inputIds(int from, int to, NDManager owner) {
    long[] ids =
        rows.stream()
            .flatMapToInt(row -> IntStream.range(from, to).map(position -> row.id(position, 0)))
            .asLongStream()
            .toArray();
    try (NDArray heapBacked = owner.create(ids, new Shape(rows.size(), (long) to - from))) {
      return heapBacked.duplicate();
    }
  }

  private void dropDone() {
    int[] kept = IntStream.range(0, rows.size()).filter(i -> !rows.get(i).isDone()).toArray();
    if (2 * kept.length <= rows.size()) {
      cache = cache.select(kept);
      rows = new ArrayList<>(IntStream.of(kept).mapToObj(rows::get).toList());
    }
  }

  @Override
  public void close() {
    manager.close();
  }
}
