package org.coplms.proxy.tensor;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Tensors of safetensors files on a local disk, which must not change while they are used.
 *
 * <p>Small checkpoints are copied: their arrays then begin where torch's own begin, so that results
 * do not depend on where in a file a tensor happens to stand.
 */
final class FileWeights implements Weights {
  /** Checkpoints below this size are copied into torch's memory, larger ones are mapped. */
  static final long MAPPED_FROM_BYTES = 64L << 20;

  private final SortedMap<String, Slot> slots;
  private final boolean mapped;
  private String hash;

  /** Where a tensor stands. */
  record Slot(TensorFile file, SafetensorsHeader.Entry entry) {}

  FileWeights(SortedMap<String, Slot> slots, boolean mapped) {
    this.slots = slots;
    this.mapped = mapped;
  }

  static FileWeights of(SortedMap<String, Slot> slots) {
    long bytes = slots.values().stream().mapToLong(slot -> slot.entry().byteSize()).sum();
    return new FileWeights(slots, bytes >= MAPPED_FROM_BYTES);
  }

  @Override
  public SortedSet<String> names() {
    return Collections.unmodifiableSortedSet(new TreeMap<>(slots).navigableKeySet());
  }

  @Override
  public long[] shape(String name) {
    return slot(name).entry().shape().clone();
  }

  @Override
  public ValueType type(String name) {
    return slot(name).entry().type();
  }

  @Override
  public SortedMap<String, NDArray> arrays(Function<String, Precision> precision, NDManager owner) {
    SortedMap<String, NDArray> arrays = new TreeMap<>();
    try (NDManager scope = Torch.newManager(Device.cpu())) {
      Map<Mapping, NDArray> mappings = new HashMap<>();
      slots.forEach(
          (name, slot) -> {
            Precision wanted = precision.apply(name);
            arrays.put(
                name,
                mapped && slot.file().isAligned(slot.entry())
                    ? mapped(slot, mappings, wanted, owner, scope)
                    : wanted.array(host(name), owner));
          });
    }
    return arrays;
  }

  private record Mapping(Path file, ValueType type) {}

  private static NDArray mapped(
      Slot slot,
      Map<Mapping, NDArray> mappings,
      Precision precision,
      NDManager owner,
      NDManager scope) {
    ValueType type = slot.entry().type();
    NDArray file =
        mappings.computeIfAbsent(
            new Mapping(slot.file().path(), type), unused -> slot.file().map(type, scope));
    long from = slot.file().position(slot.entry()) / type.byteSize();
    long to = from + slot.entry().byteSize() / type.byteSize();
    try (NDArray flat = TorchFiles.part(file, from, to, precision, owner)) {
      return flat.reshape(new Shape(slot.entry().shape()));
    }
  }

  @Override
  public boolean areMapped(Precision precision) {
    int wanted = TorchFiles.torchType(precision);
    return mapped
        && slots.values().stream()
            .map(Slot::entry)
            .filter(entry -> precision.of(entry.shape()) == precision)
            .allMatch(entry -> entry.type().torchType() == wanted);
  }

  @Override
  public boolean areCurrent() {
    Map<Path, TensorFile> files = new HashMap<>();
    slots.values().forEach(slot -> files.put(slot.file().path(), slot.file()));
    return files.values().stream().allMatch(TensorFile::isCurrent);
  }

  @Override
  public HostTensor host(String name) {
    SafetensorsHeader.Entry entry = slot(name).entry();
    float[] values = new float[entry.valueCount(slot(name).file().name())];
    int[] filled = {0};
    read(
        name,
        (piece, length) -> {
          int count = length / entry.type().byteSize();
          ByteBuffer bytes = ByteBuffer.wrap(piece).order(ByteOrder.LITTLE_ENDIAN);
          entry.type().decode(bytes, values, filled[0], count);
          filled[0] += count;
        });
    return HostTensor.wrap(entry.shape().clone(), values);
  }

  @Override
  public void writeTo(String name, OutputStream out) throws IOException {
    read(name, (piece, length) -> out.write(piece, 0, length));
  }

  private void read(String name, TensorFile.Pieces pieces) {
    Slot slot = slot(name);
    try {
      slot.file().read(slot.entry(), pieces);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Cannot read tensor %s of %s: %s".formatted(name, slot.file().name(), e.getMessage()), e);
    }
  }

  @Override
  public Weights select(SortedMap<String, String> names) {
    return new FileWeights(Names.select(slots, names), mapped);
  }

  @Override
  public synchronized String sha256() {
    if (hash == null) {
      hash = Safetensors.sha256(this);
    }
    return hash;
  }

  private Slot slot(String name) {
    return Names.require(slots, name);
  }
}
