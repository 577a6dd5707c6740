package org.coplms.proxy.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.function.Function;

/** Other weights, rounded to the types in which a file stores them; one tensor at a time. */
final class StoredWeights implements Weights {
  private static final int PIECE_VALUES = 1 << 14;

  private final Weights values;
  private final SortedMap<String, ValueType> types = new TreeMap<>();

  StoredWeights(Weights values, Function<String, ValueType> types) {
    this.values = values;
    values.names().forEach(name -> this.types.put(name, types.apply(name)));
  }

  @Override
  public SortedSet<String> names() {
    return values.names();
  }

  @Override
  public long[] shape(String name) {
    return values.shape(name);
  }

  @Override
  public ValueType type(String name) {
    return Names.require(types, name);
  }

  @Override
  public SortedMap<String, NDArray> arrays(Function<String, Precision> precision, NDManager owner) {
    SortedMap<String, NDArray> arrays = new TreeMap<>();
    for (String name : names()) {
      arrays.put(name, precision.apply(name).array(host(name), owner));
    }
    return arrays;
  }

  @Override
  public HostTensor host(String name) {
    HostTensor exact = values.host(name);
    float[] rounded = new float[exact.size()];
    ByteBuffer bytes =
        ByteBuffer.allocate(PIECE_VALUES * type(name).byteSize()).order(ByteOrder.LITTLE_ENDIAN);
    for (int from = 0; from < rounded.length; from += PIECE_VALUES) {
      int count = Math.min(PIECE_VALUES, rounded.length - from);
      encode(name, exact, from, count, bytes);
      type(name).decode(bytes, rounded, from, count);
    }
    return HostTensor.wrap(exact.shape(), rounded);
  }

  @Override
  public void writeTo(String name, OutputStream out) throws IOException {
    if (values.type(name) == type(name)) {
      values.writeTo(name, out);
      return;
    }
    HostTensor exact = values.host(name);
    byte[] piece = new byte[PIECE_VALUES * type(name).byteSize()];
    ByteBuffer bytes = ByteBuffer.wrap(piece).order(ByteOrder.LITTLE_ENDIAN);
    for (int from = 0; from < exact.size(); from += PIECE_VALUES) {
      int count = Math.min(PIECE_VALUES, exact.size() - from);
      encode(name, exact, from, count, bytes);
      out.write(piece, 0, count * type(name).byteSize());
    }
  }

  private void encode(String name, HostTensor exact, int from, int count, ByteBuffer bytes) {
    ValueType type = type(name);
    bytes.clear();
    for (int i = 0; i < count; i++) {
      float value = exact.at(from + i);
      type.put(value, bytes);
      if (Float.isInfinite(type.value(bytes, i)) && !Float.isInfinite(value)) {
        throw new IllegalArgumentException(
            "Tensor %s holds %s, which is too large for %s; store it as bfloat16 or float32"
                .formatted(name, value, type.hfName()));
      }
    }
  }

  @Override
  public Weights select(SortedMap<String, String> names) {
    Map<String, ValueType> selected = Names.select(types, names);
    return new StoredWeights(values.select(names), selected::get);
  }

  @Override
  public String sha256() {
    return Safetensors.sha256(this);
  }
}
