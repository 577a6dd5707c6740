package org.coplms.proxy.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Float32 tensors that are computed when they are asked for, one at a time, such as those of a
 * model with its LoRA folded in; valid as long as what they are computed from.
 */
public final class ComputedWeights implements Weights {
  private final SortedMap<String, Tensor> tensors;

  /**
   * A tensor to come.
   *
   * @param values gives the same values each time
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Tensor(long[] shape, Supplier<HostTensor> values) {}

  public ComputedWeights(SortedMap<String, Tensor> tensors) {
    this.tensors = Collections.unmodifiableSortedMap(new TreeMap<>(tensors));
  }

  @Override
  public SortedSet<String> names() {
    return Collections.unmodifiableSortedSet(new TreeMap<>(tensors).navigableKeySet());
  }

  @Override
  public long[] shape(String name) {
    return Names.require(tensors, name).shape().clone();
  }

  @Override
  public ValueType type(String name) {
    Names.require(tensors, name);
    return ValueType.F32;
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
    return Names.require(tensors, name).values().get();
  }

  @Override
  public void writeTo(String name, OutputStream out) throws IOException {
    host(name).writeTo(out);
  }

  @Override
  public Weights select(SortedMap<String, String> names) {
    return new ComputedWeights(Names.select(tensors, names));
  }

  @Override
  public String sha256() {
    return Safetensors.sha256(this);
  }
}
