package org.coplms.udfs.generate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.TaskCompletionListener;
import org.coplms.proxy.lm.TextListener;

/**
 * A column of responses to a column of prompts.
 *
 * <p>Rows keep their order. A task reads its model once and holds one batch of rows at a time. The
 * response to null is null.
 */
public final class GeneratedColumn {
  private GeneratedColumn() {}

  /**
   * The columns with the responses at their end.
   *
   * @throws IllegalArgumentException when there is no such column of texts, or the new one exists
   */
  public static StructType schema(StructType input, String prompts, String responses) {
    List<String> names = Arrays.asList(input.fieldNames());
    if (!names.contains(prompts)) {
      throw new IllegalArgumentException(
          "There is no column '%s' with prompts; the columns are %s"
              .formatted(prompts, String.join(", ", names)));
    }
    DataType type = input.apply(prompts).dataType();
    if (!type.equals(DataTypes.StringType)) {
      throw new IllegalArgumentException(
          "The column '%s' holds %s, prompts must be string"
              .formatted(prompts, type.simpleString()));
    }
    if (names.stream().anyMatch(responses::equalsIgnoreCase)) {
      throw new IllegalArgumentException(
          "The column '%s' exists; choose another name for the responses".formatted(responses));
    }
    return input.add(responses, DataTypes.StringType, true);
  }

  /** The rows with their responses; nothing is computed before Spark asks for it. */
  public static Dataset<Row> of(
      Dataset<Row> rows, String prompts, String responses, GenerateSpec spec) {
    StructType schema = schema(rows.schema(), prompts, responses);
    int column = rows.schema().fieldIndex(prompts);
    return rows.mapPartitions(new GenerateFn(spec, column), Encoders.row(schema));
  }

  private static final class GenerateFn implements MapPartitionsFunction<Row, Row> {
    private static final long serialVersionUID = 1L;

    private final GenerateSpec spec;
    private final int column;

    GenerateFn(GenerateSpec spec, int column) {
      this.spec = spec;
      this.column = column;
    }

    @Override
    public Iterator<Row> call(Iterator<Row> rows) {
      return rows.hasNext() ? new Batches(rows, spec, column) : Collections.emptyIterator();
    }
  }

  /** Reads ahead by one batch; the model is freed when the task ends, read to the end or not. */
  private static final class Batches implements Iterator<Row> {
    private final Iterator<Row> rows;
    private final GenerateSpec spec;
    private final int column;
    private Iterator<Row> ready = Collections.emptyIterator();
    private TextModel model;

    Batches(Iterator<Row> rows, GenerateSpec spec, int column) {
      this.rows = rows;
      this.spec = spec;
      this.column = column;
    }

    @Override
    public boolean hasNext() {
      return ready.hasNext() || rows.hasNext();
    }

    @Override
    public Row next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      if (!ready.hasNext()) {
        ready = batch().iterator();
      }
      return ready.next();
    }

    private List<Row> batch() {
      List<Row> batch = new ArrayList<>(spec.batchSize());
      List<String> prompts = new ArrayList<>(spec.batchSize());
      while (batch.size() < spec.batchSize() && rows.hasNext()) {
        Row row = rows.next();
        batch.add(row);
        if (!row.isNullAt(column)) {
          prompts.add(row.getString(column));
        }
      }
      Iterator<String> responses = model().answer(prompts, TextListener.NONE).iterator();
      batch.replaceAll(row -> with(row, row.isNullAt(column) ? null : responses.next()));
      return batch;
    }

    private TextModel model() {
      if (model == null) {
        TextModel opened = TextModel.open(spec);
        TaskCompletionListener close = task -> opened.close();
        TaskContext.get().addTaskCompletionListener(close);
        model = opened;
      }
      return model;
    }

    private static Row with(Row row, String response) {
      Object[] values = new Object[row.size() + 1];
      for (int i = 0; i < row.size(); i++) {
        values[i] = row.get(i);
      }
      values[row.size()] = response;
      return RowFactory.create(values);
    }
  }
}
