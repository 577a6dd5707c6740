package org.coplms.proxy.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * An immutable float32 tensor on the Java heap, row-major: what is stored, merged and sent.
 *
 * <p>Equality is bitwise, so that two equal tensors have the same checksum.
 */
public final class HostTensor implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final int CHUNK_FLOATS = 1 << 14;

  private final long[] shape;
  private final float[] data;

  private HostTensor(long[] shape, float[] data) {
    this.shape = shape;
    this.data = data;
  }

  /**
   * Wraps copies of a shape and its values.
   *
   * @throws IllegalArgumentException when the number of values is not the product of the shape
   */
  public static HostTensor of(long[] shape, float[] data) {
    return wrap(shape.clone(), data.clone());
  }

  /** Wraps without copying; the caller hands both arrays over. */
  public static HostTensor wrap(long[] shape, float[] data) {
    long size = Arrays.stream(shape).reduce(1, Math::multiplyExact);
    if (size != data.length) {
      throw new IllegalArgumentException(
          "Shape %s holds %d values, got %d".formatted(Arrays.toString(shape), size, data.length));
    }
    return new HostTensor(shape, data);
  }

  /** Copies a float32 or {@link Bfloat16} array from torch. */
  public static HostTensor copyOf(NDArray array) {
    if (Bfloat16.isTypeOf(array)) {
      try (NDArray values = Bfloat16.widen(array)) {
        return copyOf(values);
      }
    }
    return wrap(array.getShape().getShape(), array.toFloatArray());
  }

  /** Copies arrays from torch, by name. */
  public static SortedMap<String, HostTensor> copyOf(Map<String, NDArray> arrays) {
    SortedMap<String, HostTensor> copies = new TreeMap<>();
    arrays.forEach((name, array) -> copies.put(name, copyOf(array)));
    return copies;
  }

  /** Copies into torch; the array belongs to {@code owner} and shares no memory with the heap. */
  public NDArray toArray(NDManager owner) {
    try (NDArray heapBacked = owner.create(data, new Shape(shape))) {
      return heapBacked.duplicate();
    }
  }

  public long[] shape() {
    return shape.clone();
  }

  public long dimension(int axis) {
    return shape[axis];
  }

  /** A copy of the values. */
  public float[] toFloats() {
    return data.clone();
  }

  public float at(int index) {
    return data[index];
  }

  public int size() {
    return data.length;
  }

  /** Bytes of the values: 4 for each. */
  public long byteSize() {
    return (long) data.length * DataType.FLOAT32.getNumOfBytes();
  }

  /** Writes the values, little-endian. */
  void writeTo(OutputStream out) throws IOException {
    ByteBuffer chunk =
        ByteBuffer.allocate(CHUNK_FLOATS * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    FloatBuffer floats = chunk.asFloatBuffer();
    for (int start = 0; start < data.length; start += CHUNK_FLOATS) {
      int count = Math.min(CHUNK_FLOATS, data.length - start);
      floats.clear().put(data, start, count);
      out.write(chunk.array(), 0, count * Float.BYTES);
    }
  }

  @Override
  public boolean equals(Object other) {
    if (!(other instanceof HostTensor tensor) || !Arrays.equals(shape, tensor.shape)) {
      return false;
    }
    for (int i = 0; i < data.length; i++) {
      if (Float.floatToRawIntBits(data[i]) != Float.floatToRawIntBits(tensor.data[i])) {
        return false;
      }
    }
    return true;
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(shape) + Arrays.hashCode(data);
  }

  @Override
  public String toString() {
    return "float32" + Arrays.toString(shape);
  }
}
