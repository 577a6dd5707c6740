package org.coplms.djlspark;

import ai.djl.inference.Predictor;
import ai.djl.spark.task.text.BaseTextPredictor;
import ai.djl.translate.TranslateException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.TaskContext;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.util.Identifiable;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.TaskCompletionListener;
import org.coplms.proxy.translate.TextGenerationTranslatorFactory;
import scala.collection.JavaConverters;

/**
 * Text generation as a predictor of DJL's Spark extension, over a folder that {@code coplms export}
 * wrote.
 *
 * <p>The extension's own setters ({@code setModelUrl}, {@code setBatchSize}, {@code setEngine})
 * return its base class, so call them one by one; the model URL is one that DJL opens on every
 * executor, such as {@code file:///models/slm}. Each task loads the model once.
 */
public final class DjlTextGenerator extends BaseTextPredictor<String, String> {
  private static final long serialVersionUID = 1L;

  private final Param<String> inputCol =
      new Param<>(this, "inputCol", "column with the prompts, of type string");
  private final Param<String> outputCol =
      new Param<>(this, "outputCol", "new column with the answers");

  /** Reads {@code prompt}, writes {@code answer}. */
  public DjlTextGenerator() {
    super(Identifiable.randomUID("DjlTextGenerator"));
    setDefault(inputCol, "prompt");
    setDefault(outputCol, "answer");
    setDefault(inputClass(), String.class);
    setDefault(outputClass(), String.class);
    setDefault(engine(), "PyTorch");
    setDefault(translatorFactory(), new TextGenerationTranslatorFactory());
  }

  public Param<String> inputCol() {
    return inputCol;
  }

  public DjlTextGenerator setInputCol(String value) {
    set(inputCol, value);
    return this;
  }

  public Param<String> outputCol() {
    return outputCol;
  }

  public DjlTextGenerator setOutputCol(String value) {
    set(outputCol, value);
    return this;
  }

  @Override
  public StructType transformSchema(StructType schema) {
    return schema.add(column(outputCol), DataTypes.StringType);
  }

  @Override
  public void validateInputType(StructType schema) {
    StructField prompts = schema.apply(column(inputCol));
    validateType(prompts, DataTypes.StringType);
  }

  @Override
  public scala.collection.Iterator<Row> transformRows(scala.collection.Iterator<Row> rows) {
    Predictor<String, String> predictor = model().newPredictor();
    TaskContext.get()
        .addTaskCompletionListener((TaskCompletionListener) task -> predictor.close());
    int size = (int) getOrDefault(batchSize());
    Iterator<Row> prompts = JavaConverters.asJavaIterator(rows);
    return JavaConverters.asScalaIterator(new Answers(prompts, predictor, column(inputCol), size));
  }

  private String column(Param<String> name) {
    return getOrDefault(name);
  }

  /** Rows with their answers, a batch ahead. */
  private static final class Answers implements Iterator<Row> {
    private final Iterator<Row> rows;
    private final Predictor<String, String> predictor;
    private final String inputCol;
    private final int batchSize;
    private Iterator<Row> ready = List.<Row>of().iterator();

    Answers(
        Iterator<Row> rows, Predictor<String, String> predictor, String inputCol, int batchSize) {
      this.rows = rows;
      this.predictor = predictor;
      this.inputCol = inputCol;
      this.batchSize = batchSize;
    }

    @Override
    public boolean hasNext() {
      return ready.hasNext() || rows.hasNext();
    }

    @Override
    public Row next() {
      if (!ready.hasNext()) {
        ready = batch();
      }
      return ready.next();
    }

    private Iterator<Row> batch() {
      List<Row> batch = new ArrayList<>();
      while (batch.size() < batchSize && rows.hasNext()) {
        batch.add(rows.next());
      }
      List<String> answers =
          answers(batch.stream().map(row -> row.<String>getAs(inputCol)).toList());
      List<Row> answered = new ArrayList<>();
      for (int i = 0; i < batch.size(); i++) {
        answered.add(append(batch.get(i), answers.get(i)));
      }
      return answered.iterator();
    }

    private List<String> answers(List<String> prompts) {
      try {
        return predictor.batchPredict(prompts);
      } catch (TranslateException e) {
        throw new IllegalArgumentException(
            "Cannot answer a batch of %d prompts: %s".formatted(prompts.size(), e.getMessage()), e);
      }
    }

    private static Row append(Row row, String answer) {
      Object[] values = new Object[row.size() + 1];
      for (int i = 0; i < row.size(); i++) {
        values[i] = row.get(i);
      }
      values[row.size()] = answer;
      return RowFactory.create(values);
    }
  }
}
