package org.coplms.udfs.answer;

import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.coplms.proxy.lm.Generator;
import org.coplms.proxy.lm.LanguageModel;
import org.coplms.proxy.metric.ExactMatch;
import org.coplms.proxy.metric.RougeL;
import org.coplms.proxy.train.Compute;
import org.coplms.proxy.train.Example;
import org.coplms.proxy.train.Seeds;
import org.coplms.udfs.model.ExampleRows;

/**
 * Batched answers with their scores, one row for each question.
 *
 * <p>Within a partition, and a device, questions are answered by id in batches of a fixed size, so
 * the answers do not depend on the order of the rows.
 */
public final class Answers {
  /** Columns of the predictions. */
  public static final StructType SCHEMA =
      new StructType()
          .add("model", DataTypes.StringType, false)
          .add("device", DataTypes.IntegerType, false)
          .add("domain", DataTypes.StringType, false)
          .add("id", DataTypes.StringType, false)
          .add("question", DataTypes.StringType, false)
          .add("references", DataTypes.createArrayType(DataTypes.StringType, false), false)
          .add("prediction", DataTypes.StringType, false)
          .add("rougeL", DataTypes.DoubleType, false)
          .add("exactMatch", DataTypes.DoubleType, false);

  /** Device of the server's rows. */
  private static final int SERVER = -1;

  private Answers() {}

  /** Answers the questions of each edge device, which their column {@code device} names. */
  public static JavaRDD<Row> ofDevices(JavaRDD<Row> questionsByDevice, AnswerSpec spec) {
    return questionsByDevice.mapPartitions(new AnswerFn(spec, true));
  }

  /** Answers the server's questions, in whatever partitions they come. */
  public static JavaRDD<Row> ofServer(JavaRDD<Row> questions, AnswerSpec spec) {
    return questions.mapPartitions(new AnswerFn(spec, false));
  }

  private static final class AnswerFn implements FlatMapFunction<Iterator<Row>, Row> {
    private static final long serialVersionUID = 1L;

    private final AnswerSpec spec;
    private final boolean byDevice;

    AnswerFn(AnswerSpec spec, boolean byDevice) {
      this.spec = spec;
      this.byDevice = byDevice;
    }

    @Override
    public Iterator<Row> call(Iterator<Row> rows) {
      List<Row> answers = new ArrayList<>();
      if (byDevice) {
        ExampleRows.byDevice(rows)
            .forEach((device, questions) -> answer(device, questions, answers));
      } else {
        answer(SERVER, ExampleRows.sorted(rows), answers);
      }
      return answers.iterator();
    }

    private void answer(int device, List<Example> questions, List<Row> answers) {
      if (questions.isEmpty()) {
        return;
      }
      Configuration files = spec.task().configuration();
      Compute compute = spec.task().compute();
      compute.begin();
      try (NDManager manager = compute.newManager();
          LanguageModel model = spec.model().open(device, files, manager)) {
        Generator generator =
            new Generator(model, spec.model().base(device, files).tokenizer(), spec.format());
        for (int from = 0; from < questions.size(); from += spec.batchSize()) {
          List<Example> batch =
              questions.subList(from, Math.min(questions.size(), from + spec.batchSize()));
          List<String> prompts = batch.stream().map(Example::prompt).toList();
          long seed = Seeds.at(spec.seed(), from);
          List<String> predictions = generator.answer(prompts, spec.decoding(), seed);
          for (int i = 0; i < batch.size(); i++) {
            answers.add(row(device, batch.get(i), predictions.get(i)));
          }
          compute.stepped();
        }
      }
    }

    private Row row(int device, Example question, String prediction) {
      return RowFactory.create(
          spec.name(),
          device,
          question.domain(),
          question.id(),
          question.prompt(),
          question.responses().toArray(new String[0]),
          prediction,
          RougeL.f1(prediction, question.responses()),
          ExactMatch.score(prediction, question.responses()));
    }
  }
}
