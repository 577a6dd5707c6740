package org.coplms.proxy.tensor;

/** IEEE 754 binary16, rounding to nearest, ties to even. */
public final class Float16 {
  private static final int SIGN = 0x8000;
  private static final int INFINITY = 0x7C00;
  private static final int NAN = 0x7E00;

  /** Significand bits that float32 has more than binary16. */
  private static final int DROPPED_BITS = 13;

  /** Difference of the exponents' biases, at binary16's place in a float32's bits. */
  private static final int REBIAS = (127 - 15) << 10;

  /** Half a unit in the last place above the largest finite value, 65504: rounds to infinity. */
  private static final float OVERFLOW = 65520f;

  private static final float SMALLEST_NORMAL = 0x1p-14f;
  private static final float SMALLEST_SUBNORMAL = 0x1p-24f;

  private Float16() {}

  /** The nearest binary16; infinite from 65520 on. */
  public static short fromFloat(float value) {
    int sign = (Float.floatToRawIntBits(value) >>> 16) & SIGN;
    float magnitude = Math.abs(value);
    if (Float.isNaN(value)) {
      return (short) (sign | NAN);
    }
    if (magnitude >= OVERFLOW) {
      return (short) (sign | INFINITY);
    }
    if (magnitude < SMALLEST_NORMAL) {
      // Exact in float32: the quotient of powers of two; rint rounds ties to even.
      return (short) (sign | (int) Math.rint(magnitude / SMALLEST_SUBNORMAL));
    }
    int bits = Float.floatToRawIntBits(magnitude);
    int odd = (bits >>> DROPPED_BITS) & 1;
    int rounded = (bits + (1 << (DROPPED_BITS - 1)) - 1 + odd) >>> DROPPED_BITS;
    return (short) (sign | (rounded - REBIAS));
  }

  /** The same value. */
  public static float toFloat(short half) {
    int bits = half & 0xFFFF;
    int magnitude = bits & ~SIGN;
    float value;
    if (magnitude > INFINITY) {
      value = Float.NaN;
    } else if (magnitude == INFINITY) {
      value = Float.POSITIVE_INFINITY;
    } else if (magnitude < 0x0400) {
      value = magnitude * SMALLEST_SUBNORMAL;
    } else {
      value = Float.intBitsToFloat((magnitude + REBIAS) << DROPPED_BITS);
    }
    return (bits & SIGN) == 0 ? value : -value;
  }
}
