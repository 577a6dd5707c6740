package org.coplms.udfs.logits;

import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.coplms.proxy.cotune.KeptState;
import org.coplms.proxy.lm.LanguageModel;
import org.coplms.proxy.mutual.LogitRecorder;
import org.coplms.proxy.tokenizer.TokenizedExample;
import org.coplms.proxy.train.BaseModel;
import org.coplms.proxy.train.Compute;
import org.coplms.proxy.train.Example;
import org.coplms.proxy.train.Texts;
import org.coplms.udfs.model.ExampleRows;
import org.coplms.udfs.model.ModelCache;
import org.coplms.udfs.store.HadoopFiles;

/**
 * Top-K log-probabilities of a model over examples, in parallel.
 *
 * <p>Rows {@code id, example_hash, vocab_size, rows}: the last holds the bytes of {@link
 * org.coplms.proxy.mutual.TopKCodec}, one record for each counted position. Examples that the
 * tokenizer cannot represent have no row.
 */
public final class TopKLogits {
  /** Columns of the cache. */
  public static final StructType SCHEMA =
      new StructType()
          .add("id", DataTypes.StringType, false)
          .add("example_hash", DataTypes.StringType, false)
          .add("vocab_size", DataTypes.IntegerType, false)
          .add("rows", DataTypes.BinaryType, false);

  private TopKLogits() {}

  /** One lazy row for each example. */
  public static Dataset<Row> of(Dataset<Row> examples, LogitsSpec spec) {
    return examples.mapPartitions(new LogitsFn(spec), Encoders.row(SCHEMA));
  }

  private static final class LogitsFn implements MapPartitionsFunction<Row, Row> {
    private static final long serialVersionUID = 1L;

    private final LogitsSpec spec;

    LogitsFn(LogitsSpec spec) {
      this.spec = spec;
    }

    @Override
    public Iterator<Row> call(Iterator<Row> rows) {
      if (!rows.hasNext()) {
        return rows;
      }
      BaseModel base = ModelCache.get(spec.model(), spec.task().configuration());
      List<Example> examples = ExampleRows.sorted(rows);
      List<TokenizedExample> texts =
          new ArrayList<>(
              Texts.tokenize(examples, base.tokenizer(), spec.format(), spec.maxTokens()));
      // Texts of like length share a batch, so that little is padded.
      texts.sort(
          Comparator.comparingInt(TokenizedExample::length).thenComparing(TokenizedExample::key));
      Map<String, byte[]> logits = logits(base, texts);
      return examples.stream()
          .filter(example -> logits.containsKey(example.id()))
          .map(
              example ->
                  RowFactory.create(
                      example.id(),
                      ExampleHash.of(example),
                      base.config().vocabSize(),
                      logits.get(example.id())))
          .iterator();
    }

    private Map<String, byte[]> logits(BaseModel base, List<TokenizedExample> texts) {
      Compute compute = spec.task().compute();
      compute.begin();
      try (NDManager manager = compute.newManager();
          LanguageModel model = base.instantiate(manager)) {
        spec.state().ifPresent(path -> restore(model, path));
        LogitRecorder recorder =
            new LogitRecorder(model, spec.scope(), spec.key().topK(), spec.key().temperature());
        return recorder.recordAll(texts, spec.batchSize(), manager).rows();
      }
    }

    private void restore(LanguageModel model, String path) {
      byte[] state = HadoopFiles.read(path, spec.task().configuration());
      spec.tuned().attach(model, 0);
      model.setParameters(KeptState.fromBytes(state).group("llm"));
    }
  }
}
