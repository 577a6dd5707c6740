package org.coplms.dataprep.domains;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.xxhash64;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.evaluation.ClusteringEvaluator;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.assertj.core.data.Offset;
import org.coplms.dataprep.LocalSpark;
import org.coplms.dataprep.PreparationException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("spark")
class DomainDiscoveryTest {
  private static SparkSession spark;

  @BeforeAll
  static void start() {
    spark = LocalSpark.start(2, 3);
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  @Test
  void topicsAndTheirNumberAreFound() {
    Dataset<Row> texts = TopicTexts.of(spark, 400, 4, 1);
    DomainModel model = discovery().fit(texts);
    assertThat(model.summary().chosen()).isEqualTo(4);
    assertThat(model.summary().silhouettes()).containsOnlyKeys(2, 3, 4, 5, 6);
    assertThat(model.summary().silhouette())
        .isEqualTo(model.summary().silhouettes().values().stream().max(Double::compare).get());
    assertOneDomainForEachTopic(model, texts, 4);
    assertThat(model.summary().domains())
        .allSatisfy(one -> assertThat(one.sampled()).isEqualTo(100));
    for (Domain domain : model.summary().domains()) {
      assertThat(TopicTexts.TOPICS)
          .filteredOn(topic -> topic.containsAll(domain.terms().subList(0, 3)))
          .hasSize(1);
      assertThat(domain.name()).isEqualTo(String.join("-", domain.terms().subList(0, 3)));
    }
  }

  @Test
  void theSilhouetteIsSparksOwn() {
    Dataset<Row> texts = TopicTexts.of(spark, 90, 3, 5);
    DomainModel model = discovery().setMinDomains(4).setMaxDomains(4).fit(texts);
    double sparks =
        new ClusteringEvaluator()
            .setFeaturesCol(TextColumns.FEATURES)
            .setPredictionCol(TextColumns.CLUSTER)
            .evaluate(
                model
                    .pipeline()
                    .transform(texts.withColumn(TextColumns.TEXT, TextColumns.folded("prompt"))));
    assertThat(model.summary().silhouette()).isCloseTo(sparks, Offset.offset(1e-12));
  }

  @Test
  void ldaFindsThemToo() {
    Dataset<Row> texts = TopicTexts.of(spark, 300, 3, 1);
    DomainModel model = discovery().setMethod("lda").setMinDomains(3).setMaxDomains(3).fit(texts);
    assertThat(model.summary().chosen()).isEqualTo(3);
    assertOneDomainForEachTopic(model, texts, 3);
  }

  @Test
  void theFoundBitsDoNotDependOnPartitionsOrOrder() {
    Dataset<Row> texts = TopicTexts.of(spark, 300, 3, 2);
    Dataset<Row> other = texts.orderBy(xxhash64(col("prompt"))).repartition(7);
    for (String method : List.of("kmeans", "lda")) {
      DomainDiscovery discovery = discovery().setMethod(method).setMaxDomains(2).setSampleSize(200);
      DomainModel one = discovery.fit(texts.coalesce(1));
      DomainModel two = discovery.fit(other);
      assertThat(two.summary()).isEqualTo(one.summary());
      assertThat(LocalSpark.content(two.transform(other)))
          .isEqualTo(LocalSpark.content(one.transform(texts)));
      assertThat(one.summary().domains().stream().mapToLong(Domain::sampled).sum()).isEqualTo(200);
    }
  }

  @Test
  void textsWithoutAKnownTermAreOther() {
    DomainModel model = discovery().fit(TopicTexts.of(spark, 300, 3, 3));
    Dataset<Row> texts =
        strings("REFUND of my Invoice, payment", "zebra zebra", "the", "  ", "42 !")
            .union(spark.sql("select cast(null as string) as prompt"));
    List<Row> named = model.transform(texts).collectAsList();
    String billing =
        model.summary().domains().stream()
            .filter(domain -> domain.terms().contains("invoice"))
            .map(Domain::name)
            .findFirst()
            .orElseThrow();
    assertThat(named.get(0).getString(1)).isEqualTo(billing);
    assertThat(named.subList(1, 6)).allSatisfy(row -> assertThat(row.get(1)).isEqualTo("other"));
    assertThat(model.names()).doesNotContain(DomainModel.OTHER);
  }

  @Test
  void transformIsNarrowAndAddsOneColumn() {
    Dataset<Row> texts = TopicTexts.of(spark, 300, 3, 3).repartition(5);
    DomainModel model = discovery().fit(texts);
    Dataset<Row> named = model.transform(texts);
    assertThat(named.schema()).isEqualTo(model.transformSchema(texts.schema()));
    assertThat(named.rdd().getNumPartitions()).isEqualTo(texts.rdd().getNumPartitions());
    assertThat(LocalSpark.content(named.drop("domain"))).isEqualTo(LocalSpark.content(texts));
    DomainModel copy = model.copy(new ParamMap().put(model.outputCol(), "theme"));
    assertThat(copy.transform(texts).columns()).containsExactly("prompt", "topic", "theme");
  }

  @Test
  void aSavedModelNamesTheSameDomains(@TempDir Path folder) throws IOException {
    Dataset<Row> texts = TopicTexts.of(spark, 300, 3, 4);
    for (String method : List.of("kmeans", "lda")) {
      DomainModel model = discovery().setMethod(method).setMaxDomains(2).fit(texts);
      model.save(folder.resolve(method).toString());
      DomainModel loaded = DomainModel.load(folder.resolve(method).toString());
      assertThat(loaded.uid()).isEqualTo(model.uid());
      assertThat(loaded.summary()).isEqualTo(model.summary());
      assertThat(LocalSpark.content(loaded.transform(texts)))
          .isEqualTo(LocalSpark.content(model.transform(texts)));
      assertThatThrownBy(() -> model.save(folder.resolve(method).toString()))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("already exists");
    }
  }

  @Test
  void itIsAStageOfAPipeline(@TempDir Path folder) throws IOException {
    Dataset<Row> texts = TopicTexts.of(spark, 200, 2, 4);
    discovery().setMaxDomains(2).save(folder.resolve("estimator").toString());
    DomainDiscovery loaded = DomainDiscovery.load(folder.resolve("estimator").toString());
    PipelineModel fitted = new Pipeline().setStages(new PipelineStage[] {loaded}).fit(texts);
    fitted.save(folder.resolve("pipeline").toString());
    assertThat(
            LocalSpark.content(
                PipelineModel.load(folder.resolve("pipeline").toString()).transform(texts)))
        .isEqualTo(LocalSpark.content(discovery().setMaxDomains(2).fit(texts).transform(texts)))
        .hasSize(200);
  }

  @Test
  void theSummaryTellsTheChoiceTheScoresAndTheDomains() {
    DomainSummary summary =
        discovery().setMaxDomains(3).fit(TopicTexts.of(spark, 200, 2, 4)).summary();
    assertThat(summary.text().lines().toList())
        .hasSize(3)
        .first()
        .asString()
        .matches("2 domains; silhouette by number of domains: 2 0\\.\\d{3}, 3 0\\.\\d{3}");
    assertThat(summary.text())
        .contains(summary.domains().get(1).name() + ": 100 texts of the sample; ");
  }

  @Test
  void repeatedTextsMakeNoMoreDomainsThanThereAreTexts() {
    Dataset<Row> texts = strings("red apple", "red apple", "blue sky", "blue sky", "Blue sky!");
    DomainModel model = discovery().fit(texts);
    assertThat(model.summary().silhouettes()).containsOnlyKeys(2);
    assertThat(model.names()).containsExactlyInAnyOrder("apple-red", "blue-sky");
  }

  @Test
  void wordsOfAnyScriptAreTerms() {
    Dataset<Row> texts =
        strings("счёт оплата", "счёт оплата", "Größe Straße", "GRÖSSE STRASSE", "größe straße");
    DomainModel model = discovery().setStopWords("none").fit(texts);
    assertThat(model.names()).containsExactlyInAnyOrder("оплата-счёт", "größe-straße");
  }

  @Test
  void dataWithoutDomainsAreOneClearError() {
    refused(
        strings("same text", "same text", "one"),
        "No number of domains from 2 to 6 fits: of 2 texts of the sample that hold a term that not all share 1 differ");
    refused(strings(" ", "12 34", "!"), "Column 'prompt' holds no text with a letter in it");
    refused(strings().limit(0), "Column 'prompt' holds no text with a letter in it");
    refused(
        strings("apple", "pear"),
        "No term is in 2 texts of the sample; lower minDocumentFrequency");
  }

  @Test
  void parametersAndColumnsThatDoNotFitAreRefused() {
    Dataset<Row> texts = strings("red apple", "blue sky");
    refused(
        discovery().setMethod("dbscan"),
        texts,
        "method must be one of [kmeans, lda], got 'dbscan'");
    refused(
        discovery().setStopWords("klingon"), texts, "stopWords must be none or one of [danish,");
    refused(discovery().setMinDomains(7), texts, "minDomains must not exceed maxDomains 6, got 7");
    refused(
        discovery().setInputCol("text"),
        texts,
        "There is no column 'text' (inputCol); the columns are [prompt]");
    refused(
        discovery(),
        texts.withColumn("prompt", lit(1)),
        "Column 'prompt' (inputCol) must be string, got int; cast it");
    refused(discovery().setOutputCol("prompt"), texts, "There is a column 'prompt' already");
    assertThatThrownBy(() -> discovery().setMinDomains(1))
        .hasMessageContaining("minDomains given invalid value 1");
  }

  private static void refused(Dataset<Row> texts, String message) {
    assertThatThrownBy(() -> discovery().fit(texts))
        .isInstanceOf(PreparationException.class)
        .hasMessageContaining(message);
  }

  private static void refused(DomainDiscovery discovery, Dataset<Row> texts, String message) {
    assertThatThrownBy(() -> discovery.fit(texts))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  private static DomainDiscovery discovery() {
    return new DomainDiscovery().setMaxDomains(6);
  }

  private static void assertOneDomainForEachTopic(
      DomainModel model, Dataset<Row> texts, int topics) {
    assertThat(model.names()).hasSize(topics).doesNotHaveDuplicates();
    assertThat(model.transform(texts).select("topic", "domain").distinct().count())
        .isEqualTo(topics);
  }

  private static Dataset<Row> strings(String... texts) {
    return spark.createDataset(Arrays.asList(texts), Encoders.STRING()).toDF("prompt");
  }
}
