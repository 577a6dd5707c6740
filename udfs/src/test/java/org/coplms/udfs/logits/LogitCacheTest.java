package org.coplms.udfs.logits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.coplms.proxy.cotune.ThetaConfig;
import org.coplms.proxy.lm.LanguageModel;
import org.coplms.proxy.lora.LoraConfig;
import org.coplms.proxy.mutual.TopK;
import org.coplms.proxy.tokenizer.TextFormat;
import org.coplms.proxy.tokenizer.TokenizedExample;
import org.coplms.proxy.train.BaseModel;
import org.coplms.proxy.train.BatchLogits;
import org.coplms.proxy.train.Compute;
import org.coplms.proxy.train.LossScope;
import org.coplms.proxy.train.Texts;
import org.coplms.udfs.TinyWorld;
import org.coplms.udfs.model.ModelCache;
import org.coplms.udfs.model.ModelLocation;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("spark")
class LogitCacheTest {
  private static final int K = 8;

  @TempDir static Path folder;
  private static TinyWorld world;
  private static ModelLocation model;
  private static CacheKey key;
  private static String cache;

  @BeforeAll
  static void computeACache() {
    world = TinyWorld.start("local[2]");
    model = world.model(folder.resolve("model"), 262, 2, 3);
    key = new CacheKey(model.revision(), "tokenizer-hash", 2.0, K);
    cache = folder.resolve("cache").toString();
    LogitCache.write(world.questions(2, 5, 3), spec(key), cache);
  }

  @AfterAll
  static void stop() {
    world.close();
  }

  private static LogitsSpec spec(CacheKey key) {
    return new LogitsSpec(
        model,
        "",
        new ThetaConfig(new LoraConfig(2, 4, 0, List.of(LoraConfig.ALL_LINEAR)), false),
        TextFormat.LINES,
        LossScope.TEXT,
        64,
        4,
        key,
        world.task());
  }

  @Test
  void givesBackWhatTheModelSaysWithinHalfPrecision() {
    LogitCache.Cached cached = read(world.questions(2, 5, 1), key);
    assertThat(cached.examples())
        .hasSize(10)
        .isSortedAccordingTo((a, b) -> a.id().compareTo(b.id()));
    Compute compute = Compute.oneCore();
    compute.begin();
    BaseModel base = ModelCache.get(model, world.files());
    try (NDManager manager = compute.newManager();
        LanguageModel direct = base.instantiate(manager)) {
      for (TokenizedExample text :
          Texts.tokenize(cached.examples(), base.tokenizer(), TextFormat.LINES, 64)) {
        NDArray logits =
            BatchLogits.of(direct, List.of(text), LossScope.TEXT, manager).logits(); // (P, V)
        TopK expected = TopK.of(logits, K, key.temperature());
        TopK found = cached.logits().of(List.of(text.key()));
        assertSame(found, expected);
      }
    }
  }

  private static void assertSame(TopK found, TopK expected) {
    assertThat(found.positions()).isEqualTo(expected.positions()).isPositive();
    assertThat(found.k()).isEqualTo(K);
    for (int row = 0; row < found.positions(); row++) {
      for (int rank = 0; rank < K; rank++) {
        double exact = expected.logProb(row, rank);
        assertThat((double) found.logProb(row, rank))
            .isCloseTo(exact, within(Math.abs(exact) / 2048 + 1e-5));
      }
    }
  }

  @Test
  void doesNotDependOnPartitions() {
    Map<String, byte[]> one = rows(world.questions(2, 5, 1));
    Map<String, byte[]> four = rows(world.questions(2, 5, 4));
    assertThat(one).hasSize(10).containsOnlyKeys(four.keySet());
    one.forEach((id, bytes) -> assertThat(four.get(id)).as(id).hasSameSizeAs(bytes));
  }

  private static Map<String, byte[]> rows(Dataset<Row> questions) {
    return TopKLogits.of(questions, spec(key)).collectAsList().stream()
        .collect(
            java.util.stream.Collectors.toMap(
                row -> row.<String>getAs("id"), row -> row.<byte[]>getAs("rows")));
  }

  @Test
  void refusesAnotherModelTokenizerTemperatureOrK() {
    assertRefused(new CacheKey("other", key.tokenizer(), 2.0, K), "its model is " + key.model());
    assertRefused(
        new CacheKey(key.model(), "other", 2.0, K),
        "its tokenizer is tokenizer-hash, this run has other");
    assertRefused(
        new CacheKey(key.model(), key.tokenizer(), 1.0, K),
        "its temperature is 2.0, this run has 1.0");
    assertRefused(new CacheKey(key.model(), key.tokenizer(), 2.0, 9), "its K is 8, this run has 9");
  }

  private static void assertRefused(CacheKey other, String message) {
    assertThatThrownBy(() -> read(world.questions(2, 5, 1), other))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("The logit cache does not fit: " + message)
        .hasMessageContaining("delete the cache folder");
  }

  @Test
  void refusesAnExampleWhoseTextHasChanged() {
    Dataset<Row> changed =
        world
            .questions(2, 5, 1)
            .withColumn(
                "prompt", functions.expr("if(id = 'q1-03', concat(prompt, ' really?'), prompt)"));
    assertThatThrownBy(() -> read(changed, key))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("its text of example q1-03 is ");
  }

  private static LogitCache.Cached read(Dataset<Row> examples, CacheKey wanted) {
    return LogitCache.read(LogitCache.join(examples, cache).toLocalIterator(), wanted);
  }
}
