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

/** Tensors that are on the heap already. */
final class HeapWeights implements Weights {
  private final SortedMap<String, HostTensor> tensors;
  private String hash;

  HeapWeights(SortedMap<String, HostTensor> tensors) {
    this.tensors = tensors;
  }

  @Override
  public SortedSet<String> names() {
    return Collections.unmodifiableSortedSet(new TreeMap<>(tensors).navigableKeySet());
  }

  @Override
  public long[] shape(String name) {
    return host(name).shape();
  }

  @Override
  public ValueType type(String name) {
    host(name);
    return ValueType.F32;
  }

  @Override
  public SortedMap<String, NDArray> arrays(Function<String, Precision> precision, NDManager owner) {
    SortedMap<String, NDArray> arrays = new TreeMap<>();
    tensors.forEach((name, tensor) -> arrays.put(name, precision.apply(name).array(tensor, owner)));
    return arrays;
  }

  @Override
  public HostTensor host(String name) {
    return Names.require(tensors, name);
  }

  @Override
  public void writeTo(String name, OutputStream out) throws IOException {
    host(name).writeTo(out);
  }

  @Override
  public Weights select(SortedMap<String, String> names) {
    return new HeapWeights(Names.select(tensors, names));
  }

  @Override
  public synchronized String sha256() {
    if (hash == null) {
      hash = Safetensors.sha256(this);
    }
    return hash;
  }
}
