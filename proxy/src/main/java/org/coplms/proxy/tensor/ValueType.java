package org.coplms.proxy.tensor;

import java.nio.ByteBuffer;

/** How a safetensors file stores a value; each is little-endian and exact as float32. */
public enum ValueType {
  /** IEEE single precision. */
  F32(Float.BYTES, TorchFiles.FLOAT32) {
    @Override
    float value(ByteBuffer bytes, int index) {
      return bytes.getFloat(index * Float.BYTES);
    }
  },
  /** IEEE half precision. */
  F16(Short.BYTES, TorchFiles.FLOAT16) {
    @Override
    float value(ByteBuffer bytes, int index) {
      return halfToFloat(bytes.getShort(index * Short.BYTES));
    }
  },
  /** The upper half of a single. */
  BF16(Short.BYTES, TorchFiles.BFLOAT16) {
    @Override
    float value(ByteBuffer bytes, int index) {
      return Float.intBitsToFloat(bytes.getShort(index * Short.BYTES) << 16);
    }
  };

  private final int byteSize;
  private final int torchType;

  ValueType(int byteSize, int torchType) {
    this.byteSize = byteSize;
    this.torchType = torchType;
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

  /** Decodes {@code count} values from the start of {@code bytes}, which is little-endian. */
  void decode(ByteBuffer bytes, float[] target, int from, int count) {
    for (int i = 0; i < count; i++) {
      target[from + i] = value(bytes, i);
    }
  }

  private static float halfToFloat(short half) {
    int sign = (half & 0x8000) << 16;
    int exponent = (half >> 10) & 0x1f;
    int fraction = half & 0x3ff;
    if (exponent == 0) {
      float value = fraction * 0x1p-24f;
      return sign == 0 ? value : -value;
    }
    int wide = exponent == 0x1f ? 0xff : exponent - 15 + 127;
    return Float.intBitsToFloat(sign | wide << 23 | fraction << 13);
  }
}
