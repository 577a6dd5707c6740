package org.coplms.dataprep.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.util.SerializableConfiguration;
import org.apache.spark.util.TaskCompletionListener;

/** What executors do with blocks. */
final class BlockFunctions {
  private BlockFunctions() {}

  /** Blocks → the rows of their records, in order. */
  static final class ReadFn implements FlatMapFunction<List<Block>, Row> {
    private static final long serialVersionUID = 1L;

    private final SerializableConfiguration hadoop;
    private final CsvOptions csv;
    private final RecordRows rows;

    ReadFn(SerializableConfiguration hadoop, CsvOptions csv, RecordRows rows) {
      this.hadoop = hadoop;
      this.csv = csv;
      this.rows = rows;
    }

    @Override
    public Iterator<Row> call(List<Block> blocks) {
      BlockRows all = rows(blocks);
      // Iterators are lazy and may be left early.
      TaskContext.get().addTaskCompletionListener((TaskCompletionListener) context -> all.close());
      return all;
    }

    BlockRows rows(List<Block> blocks) {
      return new BlockRows(blocks.iterator(), this);
    }

    private RecordReader open(Block block) throws IOException {
      InputFile file = block.file();
      Configuration files = hadoop.value();
      RecordLayout layout = rows.layout();
      if (file.format() == FileFormat.JSON) {
        return new DocumentReader(() -> FileBytes.open(files, file), layout);
      }
      if (file.format() == FileFormat.JSONL) {
        return new LineRecords(
            Lines.of(files, block), LineRecords::parseJson, file.compressed(), -1);
      }
      return csv.multiLine()
          ? new DelimitedReader(
              FileBytes.open(files, file), DelimitedLines.delimiter(file, csv), csv, layout)
          : DelimitedLines.of(files, block, csv, layout);
    }
  }

  /** Rows of blocks one after another; closes what it opened at the end, or when told to. */
  static final class BlockRows implements Iterator<Row>, AutoCloseable {
    private final Iterator<Block> blocks;
    private final ReadFn read;
    private RecordReader reader;
    private Block block;
    private RecordRows.Place place;
    private Iterator<Row> rows = List.<Row>of().iterator();

    BlockRows(Iterator<Block> blocks, ReadFn read) {
      this.blocks = blocks;
      this.read = read;
    }

    @Override
    public boolean hasNext() {
      try {
        while (!rows.hasNext() && (reader != null || blocks.hasNext())) {
          advance();
        }
      } catch (IOException e) {
        throw new UncheckedIOException("Reading %s failed".formatted(block.file().file()), e);
      }
      return rows.hasNext();
    }

    private void advance() throws IOException {
      if (reader == null) {
        block = blocks.next();
        place = new RecordRows.Place(block);
        reader = read.open(block);
      }
      reader
          .next()
          .ifPresentOrElse(record -> rows = read.rows.of(record, place).iterator(), this::close);
    }

    @Override
    public void close() {
      if (reader != null) {
        try {
          reader.close();
        } catch (IOException e) {
          throw new UncheckedIOException("Closing %s failed".formatted(block.file().file()), e);
        } finally {
          reader = null;
        }
      }
    }

    @Override
    public Row next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      return rows.next();
    }
  }

  /** Blocks → (file, start, lines). */
  static final class CountLinesFn implements FlatMapFunction<List<Block>, Row> {
    private static final long serialVersionUID = 1L;

    private final SerializableConfiguration hadoop;

    CountLinesFn(SerializableConfiguration hadoop) {
      this.hadoop = hadoop;
    }

    @Override
    public Iterator<Row> call(List<Block> blocks) throws IOException {
      List<Row> counts = new ArrayList<>();
      for (Block block : blocks) {
        try (Lines lines = Lines.of(hadoop.value(), block)) {
          while (lines.next()) {
            // Only their number counts.
          }
          counts.add(RowFactory.create(block.file().file(), block.start(), lines.number()));
        }
      }
      return counts.iterator();
    }
  }
}
