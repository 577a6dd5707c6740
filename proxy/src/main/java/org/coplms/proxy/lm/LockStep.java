package org.coplms.proxy.lm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.coplms.proxy.tensor.Kernels;

/**
 * Extends the rows of a batch together, one position at a time, over a key-value cache.
 *
 * <p>All rows that are being extended stand at the same position: a row waits until the others come
 * to the end of its given part, which is then read at once, with those of equal length, and joins
 * them. So there is no padding, no mask and no position of its own for a row. Rows that are done
 * leave the batch when they are half of it.
 */
final class LockStep implements AutoCloseable {
  private final LanguageModel model;
  private final NextToken next;
  private final NDManager manager;
  private final List<DecodingRow> waiting;
  private List<DecodingRow> rows = new ArrayList<>();
  private KvCache cache; // the rows' sequences, then room for those that wait

  /** Begins; everything native belongs to a manager under {@code owner} until {@link #close}. */
  LockStep(LanguageModel model, NextToken next, List<? extends DecodingRow> rows, NDManager owner) {
    this.model = model;
    this.next = next;
    this.waiting = new ArrayList<>(rows);
    this.manager = owner.newSubManager();
    int capacity = rows.stream().mapToInt(DecodingRow::limit).max().orElse(1);
    this.cache = new KvCache(model.config(), rows.size(), capacity, manager);
  }

  /** Runs until every row is done. */
  void run() {
    waiting.removeIf(DecodingRow::isDone);
    waiting.sort(Comparator.comparingInt(DecodingRow::givenLength));
    int position = 0;
    while (!rows.isEmpty() || !waiting.isEmpty()) {
      if (rows.isEmpty()) {
        position = waiting.get(0).givenLength();
      }
      join(position);
      dropDone();
      if (!rows.isEmpty()) {
        step(0, position, position + 1);
        position++;
        dropDone();
      }
    }
  }

  /** Reads the given parts that end here and lets their rows choose their first token. */
  private void join(int position) {
    int first = rows.size();
    while (!waiting.isEmpty() && waiting.get(0).givenLength() == position) {
      rows.add(waiting.remove(0));
    }
    if (rows.size() > first) {
      step(first, 0, position);
    }
  }

  /**
   * Feeds the rows from {@code first} on the tokens of positions {@code from} to {@code to} and
   * lets them choose the next.
   */
  private void step(int first, int from, int to) {
    List<DecodingRow> fed = rows.subList(first, rows.size());
    try (NDManager step = manager.newSubManager()) {
      KvCache own = cache.rows(first, rows.size(), from, step);
      NDArray hidden = model.hidden(inputIds(fed, from, to, step), own); // (B, T, H)
      long width = model.config().hiddenSize();
      NDArray last =
          Kernels.window(
                  hidden,
                  new long[] {0, (long) to - from - 1, 0},
                  new long[] {fed.size(), (long) to - from, width},
                  step)
              .reshape(fed.size(), width); // (B, H)
      NDArray logits = model.logits(last); // (B, V)
      choose(
          fed, next.penalizes() ? next.penalized(logits, inputIds(fed, 0, to, step)) : logits, to);
    }
  }

  /** Whether the row wants a token here. */
  private static boolean chooses(DecodingRow row, int position) {
    return !row.isDone() && row.length() == position;
  }

  private void choose(List<DecodingRow> fed, NDArray logits, int position) {
    NextToken.Best best = next.best(logits);
    long[] drawn = draw(fed, logits, position);
    for (int i = 0; i < fed.size(); i++) {
      DecodingRow row = fed.get(i);
      if (chooses(row, position)) {
        row.accept((int) (row.samples() ? drawn[i] : best.ids()[i]), best.logProbs()[i]);
      }
    }
  }

  private long[] draw(List<DecodingRow> fed, NDArray logits, int position) {
    float[] uniform = new float[fed.size()];
    boolean anyDraws = false;
    for (int i = 0; i < uniform.length; i++) {
      DecodingRow row = fed.get(i);
      boolean draws = row.samples() && chooses(row, position);
      uniform[i] = draws ? row.uniform() : 0.5f;
      anyDraws |= draws;
    }
    return anyDraws ? next.draw(logits, uniform) : new long[uniform.length];
  }

  private static NDArray inputIds(List<DecodingRow> fed, int from, int to, NDManager owner) {
    long[] ids =
        fed.stream()
            .flatMapToInt(row -> IntStream.range(from, to).map(position -> row.id(position, 0)))
            .asLongStream()
            .toArray();
    try (NDArray heapBacked = owner.create(ids, new Shape(fed.size(), (long) to - from))) {
      return heapBacked.duplicate();
    }
  }

  private void dropDone() {
    int[] kept = IntStream.range(0, rows.size()).filter(i -> !rows.get(i).isDone()).toArray();
    if (2 * kept.length > rows.size()) {
      return;
    }
    if (kept.length + waiting.size() > 0) {
      IntStream room = IntStream.range(rows.size(), rows.size() + waiting.size());
      cache = cache.select(IntStream.concat(IntStream.of(kept), room).toArray());
    }
    rows = new ArrayList<>(IntStream.of(kept).mapToObj(rows::get).toList());
  }

  @Override
  public void close() {
    manager.close();
  }
}
