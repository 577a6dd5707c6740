package org.coplms.proxy.lm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import org.coplms.proxy.tensor.Kernels;

/**
 * Keys and values of the tokens seen so far, for every block; allocated once for the longest
 * sequence and written in place.
 */
final class KvCache {
  private final List<Layer> layers;
  private int length;

  private KvCache(List<Layer> layers, int length) {
    this.layers = layers;
    this.length = length;
  }

  /** Room for {@code capacity} tokens of {@code batch} sequences; belongs to {@code owner}. */
  KvCache(LmConfig config, int batch, int capacity, NDManager owner) {
    Shape shape = new Shape(batch, config.numKeyValueHeads(), capacity, config.headDim());
    this.layers = new ArrayList<>();
    for (int i = 0; i < config.numLayers(); i++) {
      layers.add(
          new Layer(owner.zeros(shape, DataType.FLOAT32), owner.zeros(shape, DataType.FLOAT32)));
    }
  }

  /** Tokens stored, the same for each sequence. */
  int length() {
    return length;
  }

  Layer layer(int index) {
    return layers.get(index);
  }

  /** After all layers have stored a pass. */
  void advance(int tokens) {
    length += tokens;
  }

  /** The sequences at these indices, owned like this cache, which is freed. */
  KvCache select(int[] rows) {
    NDManager owner = layers.get(0).keys().getManager();
    try (NDArray heapBacked = owner.create(rows);
        NDArray index = heapBacked.toType(DataType.INT64, true)) {
      return new KvCache(layers.stream().map(layer -> layer.select(index)).toList(), length);
    }
  }

  /**
   * One block's part.
   *
   * @param keys (B, key-value heads, capacity, D)
   * @param values as {@code keys}
   */
  record Layer(NDArray keys, NDArray values) {
    /** Stores the tokens' keys, and views all so far; the view is owned like {@code fresh}. */
    NDArray appendKeys(NDArray fresh, Pass pass) {
      return append(keys, fresh, pass);
    }

    /** Stores the tokens' values, and views all so far; the view is owned like {@code fresh}. */
    NDArray appendValues(NDArray fresh, Pass pass) {
      return append(values, fresh, pass);
    }

    private Layer select(NDArray rows) {
      try (keys;
          values) {
        return new Layer(keys.get(rows), values.get(rows));
      }
    }

    private static NDArray append(NDArray store, NDArray fresh, Pass pass) {
      long[] to = store.getShape().getShape();
      to[2] = pass.end();
      Kernels.write(store, new long[] {0, 0, pass.start(), 0}, to, fresh);
      return Kernels.window(store, new long[4], to, fresh.getManager());
    }
  }
}
