package org.coplms.proxy.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The named tensors of a checkpoint, wherever their values are; never changed, shared by threads.
 *
 * <p>A large checkpoint stays in its files: neither the Java heap nor a second copy holds it. An
 * unknown name is an {@link IllegalArgumentException} everywhere.
 */
public sealed interface Weights permits HeapWeights, FileWeights, ComputedWeights, StoredWeights {
  /** Tensors on the heap. */
  static Weights of(Map<String, HostTensor> tensors) {
    return new HeapWeights(new TreeMap<>(tensors));
  }

  /** Whether a checkpoint of so many bytes is mapped where it is, and not copied. */
  static boolean areLarge(long bytes) {
    return bytes >= FileWeights.MAPPED_FROM_BYTES;
  }

  SortedSet<String> names();

  /** The tensor's sizes; the caller's copy. */
  long[] shape(String name);

  /** How the tensor is stored. */
  ValueType type(String name);

  /**
   * The tensors for computing, on the hardware of {@code owner}, which owns them.
   *
   * <p>Writing to one changes neither these weights nor another call's arrays: values are copied,
   * or mapped privately from their file where they are large and need no conversion.
   *
   * @param precision of each tensor; a BFLOAT16 array is for {@link Kernels} alone
   */
  SortedMap<String, NDArray> arrays(Function<String, Precision> precision, NDManager owner);

  /** One tensor as float32, owned by {@code owner}; for many, {@link #arrays} maps a file once. */
  default NDArray array(String name, NDManager owner) {
    return select(new TreeMap<>(Map.of(name, name)))
        .arrays(unused -> Precision.FLOAT32, owner)
        .get(name);
  }

  /** One tensor on the heap, as float32. */
  HostTensor host(String name);

  /** Writes one tensor's values as {@link #type} stores them, in pieces. */
  void writeTo(String name, OutputStream out) throws IOException;

  /** Some of these tensors under other names: new name to name here. */
  Weights select(SortedMap<String, String> names);

  /**
   * These tensors as files of other types hold them: each is rounded to nearest, ties to even, when
   * it is asked for. One with a value that its type does not reach is refused then.
   *
   * @param types by name
   */
  default Weights stored(Function<String, ValueType> types) {
    return new StoredWeights(this, types);
  }

  /** SHA-256, in hex, of names, shapes, types and stored values; found once, by streaming. */
  String sha256();

  /**
   * Whether arrays of matrices in a precision are pages of files, which all instances on a machine
   * share.
   */
  default boolean areMapped(Precision precision) {
    return false;
  }

  /** Whether the files are those that were opened; others are refused when they are read. */
  default boolean areCurrent() {
    return true;
  }

  /** Number of values. */
  default long parameterCount() {
    return names().stream().mapToLong(name -> size(shape(name))).sum();
  }

  /** Bytes of one tensor as {@link #type} stores it. */
  default long byteSize(String name) {
    return size(shape(name)) * type(name).byteSize();
  }

  /** Bytes of all tensors as they are stored. */
  default long byteSize() {
    return names().stream().mapToLong(this::byteSize).sum();
  }

  /** All tensors on the heap, as float32; for small models. */
  default SortedMap<String, HostTensor> toHost() {
    SortedMap<String, HostTensor> tensors = new TreeMap<>();
    names().forEach(name -> tensors.put(name, host(name)));
    return tensors;
  }

  /** Whether two tensors have equal types, shapes and stored values. */
  default boolean sameValues(String one, String other) {
    return type(one) == type(other)
        && Arrays.equals(shape(one), shape(other))
        && ContentHash.of(out -> writeTo(one, out))
            .equals(ContentHash.of(out -> writeTo(other, out)));
  }

  private static long size(long[] shape) {
    return Arrays.stream(shape).reduce(1, Math::multiplyExact);
  }
}
