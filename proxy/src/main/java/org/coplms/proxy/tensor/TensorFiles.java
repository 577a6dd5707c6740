package org.coplms.proxy.tensor;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.coplms.proxy.tensor.FileWeights.Slot;

/** Checkpoints in one safetensors file, or in several with an index, as Hugging Face names them. */
public final class TensorFiles {
  /** Name of the file of an unsharded checkpoint. */
  public static final String SINGLE = "model.safetensors";

  /** Name of the index of a sharded checkpoint. */
  public static final String INDEX = "model.safetensors.index.json";

  /** Largest shard where nothing else is said: 5 GB. */
  public static final long MAX_SHARD_BYTES = 5_000_000_000L;

  private static final String SHARD = "model-%05d-of-%05d.safetensors";
  private static final Pattern SHARDS = Pattern.compile("model-\\d{5}-of-\\d{5}\\.safetensors");
  private static final Map<String, String> METADATA = Map.of("format", "pt");

  private TensorFiles() {}

  /** Opens a file of the folder that is written. */
  @FunctionalInterface
  public interface Folder {
    OutputStream create(String name) throws IOException;
  }

  /**
   * A checkpoint in one file; its values stay there until they are asked for.
   *
   * @throws IllegalArgumentException when the file is truncated or not of this format
   * @throws UncheckedIOException when it cannot be read
   */
  public static Weights open(Path file) {
    TensorFile tensors = TensorFile.open(file);
    SortedMap<String, Slot> slots = new TreeMap<>();
    tensors.header().entries().forEach((name, entry) -> slots.put(name, new Slot(tensors, entry)));
    return FileWeights.of(slots);
  }

  /**
   * A checkpoint in several files; its values stay there until they are asked for.
   *
   * @param local path of a shard on this machine by its name
   * @throws IllegalArgumentException naming file and tensor, when a tensor is in no shard, in two,
   *     or not in the index
   * @throws UncheckedIOException when a shard is missing
   */
  public static Weights open(WeightIndex index, Function<String, Path> local) {
    SortedMap<String, Slot> slots = new TreeMap<>();
    for (String shard : index.shards()) {
      TensorFile file = TensorFile.open(local.apply(shard));
      file.header()
          .entries()
          .forEach(
              (name, entry) -> {
                requireIndexed(name, shard, index);
                slots.put(name, new Slot(file, entry));
              });
    }
    index.shardOf().forEach((name, shard) -> requireThere(name, shard, slots, index));
    return FileWeights.of(slots);
  }

  private static void requireIndexed(String name, String shard, WeightIndex index) {
    String owner = index.shardOf().get(name);
    if (!shard.equals(owner)) {
      throw new IllegalArgumentException(
          owner == null
              ? "Tensor %s of %s is not in %s; download the folder again"
                  .formatted(name, shard, index.place())
              : "Tensor %s stands in %s, but %s puts it into %s; download the folder again"
                  .formatted(name, shard, index.place(), owner));
    }
  }

  private static void requireThere(
      String name, String shard, SortedMap<String, Slot> slots, WeightIndex index) {
    if (!slots.containsKey(name)) {
      throw new IllegalArgumentException(
          "Tensor %s is not in %s, where %s puts it; download the folder again"
              .formatted(name, shard, index.place()));
    }
  }

  /** Whether {@link #write} names shards like this. */
  public static boolean isShard(String name) {
    return SHARDS.matcher(name).matches();
  }

  /** {@link #write(Weights, long, Folder)} with shards of at most {@link #MAX_SHARD_BYTES}. */
  public static void write(Weights weights, Folder folder) {
    write(weights, MAX_SHARD_BYTES, folder);
  }

  /**
   * Writes a checkpoint, tensor by tensor: one file, or shards of at most {@code maxShardBytes}
   * where it is larger, and their index last. A tensor that is larger has a shard of its own.
   *
   * @throws UncheckedIOException naming the file
   */
  public static void write(Weights weights, long maxShardBytes, Folder folder) {
    List<List<String>> shards = shards(weights, maxShardBytes);
    if (shards.size() <= 1) {
      writeFile(weights, SINGLE, folder);
      return;
    }
    SortedMap<String, String> shardOf = new TreeMap<>();
    for (int i = 0; i < shards.size(); i++) {
      String file = SHARD.formatted(i + 1, shards.size());
      SortedMap<String, String> names = new TreeMap<>();
      shards.get(i).forEach(name -> names.put(name, name));
      writeFile(weights.select(names), file, folder);
      names.keySet().forEach(name -> shardOf.put(name, file));
    }
    String json = new WeightIndex(INDEX, shardOf).toJson(weights.byteSize());
    try (OutputStream out = folder.create(INDEX)) {
      out.write(json.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw failure(INDEX, e);
    }
  }

  /** Names in order, cut where a shard is full. */
  private static List<List<String>> shards(Weights weights, long maxShardBytes) {
    List<List<String>> shards = new ArrayList<>();
    long filled = 0;
    for (String name : weights.names()) {
      long bytes = weights.byteSize(name);
      if (shards.isEmpty() || filled + bytes > maxShardBytes) {
        shards.add(new ArrayList<>());
        filled = 0;
      }
      shards.get(shards.size() - 1).add(name);
      filled += bytes;
    }
    return shards;
  }

  private static void writeFile(Weights weights, String name, Folder folder) {
    try (OutputStream out = folder.create(name)) {
      Safetensors.writeAll(weights, METADATA, out);
    } catch (IOException e) {
      throw failure(name, e);
    }
  }

  private static UncheckedIOException failure(String name, IOException cause) {
    return new UncheckedIOException(
        new IOException("Cannot write " + name + ": " + cause.getMessage(), cause));
  }
}
