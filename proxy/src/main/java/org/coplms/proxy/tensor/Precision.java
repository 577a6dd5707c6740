package org.coplms.proxy.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import java.util.stream.Collectors;

/** The type in which the frozen weights of a model are held; all else is float32. */
public enum Precision {
  /** 4 bytes for each weight; the reference. */
  FLOAT32("float32", Float.BYTES),
  /** 2 bytes for each weight: float32's exponent with 7 bits of fraction. */
  BFLOAT16("bfloat16", Short.BYTES);

  private static final int MATRIX = 2;

  private final String hfName;
  private final int byteSize;

  Precision(String hfName, int byteSize) {
    this.hfName = hfName;
    this.byteSize = byteSize;
  }

  /** {@code torch_dtype} of a Hugging Face {@code config.json}, and the value of {@code dtype}. */
  public String hfName() {
    return hfName;
  }

  /**
   * The precision of one tensor of a model held in this one: matrices and tables take it; vectors,
   * which are norms and biases, stay float32.
   */
  public Precision of(long[] shape) {
    return shape.length >= MATRIX ? this : FLOAT32;
  }

  /** Copies a tensor into torch, rounded to this precision; owned by {@code owner}. */
  public NDArray array(HostTensor tensor, NDManager owner) {
    return this == BFLOAT16 ? Bfloat16.of(tensor, owner) : tensor.toArray(owner);
  }

  /** Bytes of one frozen weight. */
  public int byteSize() {
    return byteSize;
  }

  /**
   * The precision of that {@link #hfName}.
   *
   * @throws IllegalArgumentException naming the value and the precisions there are
   */
  public static Precision parse(String name) {
    return Arrays.stream(values())
        .filter(precision -> precision.hfName.equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "dtype '%s' is not supported; use one of %s"
                        .formatted(
                            name,
                            Arrays.stream(values())
                                .map(Precision::hfName)
                                .collect(Collectors.joining(", ")))));
  }
}
