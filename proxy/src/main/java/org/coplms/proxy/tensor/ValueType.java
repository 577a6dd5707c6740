package org.coplms.proxy.tensor;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.stream.Collectors;

/** How a safetensors file stores a value; each is little-endian and exact as float32. */
public enum ValueType {
  /** IEEE single precision. */
  F32("float32", Float.BYTES, TorchFiles.FLOAT32) {
    @Override
    float value(ByteBuffer bytes, int index) {
      return bytes.getFloat(index * Float.BYTES);
    }

    @Override
    void put(float value, ByteBuffer bytes) {
      bytes.putFloat(value);
    }
  },
  /** IEEE half precision. */
  F16("float16", Short.BYTES, TorchFiles.FLOAT16) {
    @Override
    float value(ByteBuffer bytes, int index) {
      return Float16.toFloat(bytes.getShort(index * Short.BYTES));
    }

    @Override
    void put(float value, ByteBuffer bytes) {
      bytes.putShort(Float16.fromFloat(value));
    }
  },
  /** The upper half of a single. */
  BF16("bfloat16", Short.BYTES, TorchFiles.BFLOAT16) {
    @Override
    float value(ByteBuffer bytes, int index) {
      return Float.intBitsToFloat(bytes.getShort(index * Short.BYTES) << Short.SIZE);
    }

    @Override
    void put(float value, ByteBuffer bytes) {
      int bits = Float.floatToIntBits(value);
      int odd = (bits >>> Short.SIZE) & 1;
      boolean keeps = Float.isNaN(value); // rounding up would carry a NaN into the sign
      bytes.putShort((short) ((keeps ? bits : bits + 0x7FFF + odd) >>> Short.SIZE));
    }
  };

  private final String hfName;
  private final int byteSize;
  private final int torchType;

  ValueType(String hfName, int byteSize, int torchType) {
    this.hfName = hfName;
    this.byteSize = byteSize;
    this.torchType = torchType;
  }

  /** {@code torch_dtype} of a Hugging Face {@code config.json}. */
  public String hfName() {
    return hfName;
  }

  /**
   * The type of that {@link #hfName}.
   *
   * @throws IllegalArgumentException naming the value and the types there are
   */
  public static ValueType parse(String name) {
    return Arrays.stream(values())
        .filter(type -> type.hfName.equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "dtype '%s' is not supported; use one of %s"
                        .formatted(
                            name,
                            Arrays.stream(values())
                                .map(ValueType::hfName)
                                .collect(Collectors.joining(", ")))));
  }

  /** Bytes of one value. */
  public int byteSize() {
    return byteSize;
  }

  /** Torch's number of this type. */
  int torchType() {
    return torchType;
  }

  abstract float value(ByteBuffer bytes, int index);

  /** Appends a value, rounded to nearest, ties to even; infinite where it is too large. */
  abstract void put(float value, ByteBuffer bytes);

  /** Decodes {@code count} values from the start of {@code bytes}, which is little-endian. */
  void decode(ByteBuffer bytes, float[] target, int from, int count) {
    for (int i = 0; i < count; i++) {
      target[from + i] = value(bytes, i);
    }
  }
}
