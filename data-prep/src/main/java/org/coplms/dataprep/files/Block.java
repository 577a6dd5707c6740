package org.coplms.dataprep.files;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;

/**
 * A part of a file that one task reads: the lines that begin in it, or all of the file.
 *
 * <p>Blocks are cut by file and configuration alone. Spark's own splits depend on the executors
 * that have registered so far: lines could not be counted again by them.
 */
record Block(InputFile file, long start, long length) implements Serializable {
  private static final long MOST_BYTES = 32L << 20;
  private static final long MOST_BYTES_PER_PARTITION = 128L << 20;
  private static final long OPENING_BYTES = 1L << 20;
  private static final int MOST_PARTITIONS = 10_000;

  /** Bytes of a block of a splittable file: 32 MiB, or Spark's setting where that is less. */
  static long bytes(SparkSession spark) {
    long setting = spark.sessionState().conf().filesMaxPartitionBytes();
    return Math.min(MOST_BYTES, setting);
  }

  static Stream<Block> cut(InputFile file, ReadSpec spec, long blockBytes) {
    if (file.bytes() == 0) {
      return Stream.of();
    }
    if (!file.isSplittable(spec)) {
      return Stream.of(new Block(file, 0, file.bytes()));
    }
    return Stream.iterate(0L, start -> start < file.bytes(), start -> start + blockBytes)
        .map(start -> new Block(file, start, Math.min(blockBytes, file.bytes() - start)));
  }

  /** Shares blocks out in their order, about equally by bytes. */
  static List<List<Block>> pack(List<Block> blocks, int parallelism) {
    long total = blocks.stream().mapToLong(Block::cost).sum();
    long share =
        Math.max(
            Math.min(MOST_BYTES_PER_PARTITION, total / parallelism + 1),
            total / MOST_PARTITIONS + 1);
    List<List<Block>> packs = new ArrayList<>();
    long filled = share;
    for (Block block : blocks) {
      if (filled >= share) {
        packs.add(new ArrayList<>());
        filled = 0;
      }
      packs.get(packs.size() - 1).add(block);
      filled += block.cost();
    }
    return packs;
  }

  private long cost() {
    return length + OPENING_BYTES;
  }
}
