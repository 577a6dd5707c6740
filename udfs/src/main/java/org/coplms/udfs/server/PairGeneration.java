package org.coplms.udfs.server;

import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.coplms.proxy.lm.GeneratedPair;
import org.coplms.proxy.lm.Generator;
import org.coplms.proxy.lm.LanguageModel;
import org.coplms.proxy.train.BaseModel;
import org.coplms.proxy.train.Compute;
import org.coplms.proxy.train.Seeds;
import org.coplms.udfs.model.ModelCache;

/**
 * Pairs written by a model, in parallel.
 *
 * <p>The work is cut into chunks of a fixed size with a seed each, so that the pairs do not depend
 * on the number of tasks.
 */
public final class PairGeneration {
  /** Columns of an example, so that generated pairs can stand beside public ones. */
  public static final StructType SCHEMA =
      new StructType()
          .add("id", DataTypes.StringType, false)
          .add("domain", DataTypes.StringType, false)
          .add("prompt", DataTypes.StringType, false)
          .add("responses", DataTypes.createArrayType(DataTypes.StringType, false), false);

  private static final int CHUNK = 250;

  private PairGeneration() {}

  /** Generated rows; a pair may occur more than once. */
  public static JavaRDD<Row> of(JavaSparkContext spark, GenerationSpec spec) {
    int chunks = (spec.pairs() + CHUNK - 1) / CHUNK;
    List<Integer> numbers = IntStream.range(0, chunks).boxed().toList();
    int slices = Math.max(1, Math.min(chunks, spark.defaultParallelism()));
    return spark.parallelize(numbers, slices).mapPartitions(new GenerateFn(spec));
  }

  private static final class GenerateFn implements FlatMapFunction<Iterator<Integer>, Row> {
    private static final long serialVersionUID = 1L;

    private final GenerationSpec spec;

    GenerateFn(GenerationSpec spec) {
      this.spec = spec;
    }

    @Override
    public Iterator<Row> call(Iterator<Integer> chunks) {
      BaseModel base = ModelCache.get(spec.model(), spec.task().configuration());
      Compute compute = spec.task().compute();
      compute.begin();
      List<Row> rows = new ArrayList<>();
      try (NDManager manager = compute.newManager();
          LanguageModel model = base.instantiate(manager)) {
        Generator generator = new Generator(model, base.tokenizer(), spec.format());
        while (chunks.hasNext()) {
          addChunk(chunks.next(), generator, rows);
          compute.stepped();
        }
      }
      return rows.iterator();
    }

    private void addChunk(int chunk, Generator generator, List<Row> rows) {
      int count = Math.min(CHUNK, spec.pairs() - chunk * CHUNK);
      List<GeneratedPair> pairs =
          generator.samplePairs(
              count, spec.temperature(), spec.maxTokens(), Seeds.at(spec.seed(), chunk));
      for (int i = 0; i < pairs.size(); i++) {
        rows.add(
            RowFactory.create(
                "generated/%05d".formatted(chunk * CHUNK + i),
                "generated",
                pairs.get(i).prompt(),
                new String[] {pairs.get(i).response()}));
      }
    }
  }
}
