package org.coplms.dataprep.duplicates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.feature.SQLTransformer;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.assertj.core.data.Offset;
import org.coplms.dataprep.LocalSpark;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("spark")
class NearDuplicatesTest {
  private static final StructType TABLE =
      new StructType().add("id", "string").add("prompt", "string").add("side", "string");

  @TempDir static Path folder;
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
  void ofTwoKeptCandidatesNoneIsSimilarToTheOther() {
    List<Row> rows = clusters(5, 240);
    for (double threshold : new double[] {0.4, 0.7, 0.9}) {
      NearDuplicates stage = new NearDuplicates().setThreshold(threshold).setSeed(3);
      Map<String, String> marks = marks(stage.transform(table(rows, 2)));
      Pairs pairs = new Pairs(threshold, 3);

      assertThat(marks).hasSize(rows.size());
      assertThat(marks.values()).contains((String) null).anyMatch(Objects::nonNull);
      for (Row a : rows) {
        for (Row b : rows) {
          boolean bothKept = marks.get(a.getString(0)) == null && marks.get(b.getString(0)) == null;
          if (a != b && bothKept) {
            assertThat(pairs.similar(a, b) && pairs.areCandidates(a, b)).isFalse();
          }
          if (b.getString(0).equals(marks.get(a.getString(0)))) {
            assertThat(pairs.similar(a, b)).isTrue();
          }
        }
      }
    }
  }

  /** Of 100 shingles the last k are other ones: similarity (100 − k) / (100 + k). */
  @Test
  void pairsAtTheThresholdAreFoundAsOftenAsPromisedAndBelowItNever() {
    SplittableRandom random = new SplittableRandom(1);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 1200; i++) {
      String text = letters(random, 104);
      int changed = i < 600 ? 11 : 12;
      String twin = text.substring(0, 104 - changed) + digits(random, changed);
      rows.add(RowFactory.create("a" + i, text, "x"));
      rows.add(RowFactory.create("b" + i, twin, "x"));
    }

    Map<String, String> marks = marks(new NearDuplicates().transform(table(rows, 2)));

    int found = 0;
    for (int i = 0; i < 1200; i++) {
      String ofA = marks.get("a" + i);
      String ofB = marks.get("b" + i);
      if (i < 600) {
        assertThat(ofA == null || ofB == null).as("one of two stays").isTrue();
        found += ofA != null || ofB != null ? 1 : 0;
      } else {
        assertThat(ofA).isNull();
        assertThat(ofB).isNull();
      }
    }
    assertThat(found / 600.0).isCloseTo(new Bands(10, 5).recall(89.0 / 111), Offset.offset(0.016));
  }

  @Test
  void thousandsOfCopiesOfNearlyOneTextLeaveOne() {
    SplittableRandom random = new SplittableRandom(2);
    String text = letters(random, 104);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      int place = random.nextInt(104);
      rows.add(
          RowFactory.create(
              "r" + i, text.substring(0, place) + "#" + text.substring(place + 1), "x"));
    }

    Map<String, String> marks = marks(new NearDuplicates().transform(table(rows, 2)));

    assertThat(marks.values().stream().filter(Objects::isNull)).hasSize(1);
  }

  @Test
  void questionsAboutOnePassageAreNotAlikeForWhatTheyShare() {
    SplittableRandom random = new SplittableRandom(7);
    List<Row> rows = new ArrayList<>();
    for (int passage = 0; passage < 5; passage++) {
      String shared = letters(random, 900) + "\n\n";
      for (int question = 0; question < 20; question++) {
        String asked = letters(random, 40);
        rows.add(RowFactory.create(passage + "/" + question, shared + asked, "x"));
        rows.add(RowFactory.create(passage + "/" + question + "b", shared + asked + "?", "x"));
      }
    }

    Map<String, String> marks = marks(new NearDuplicates().transform(table(rows, 2)));

    assertThat(marks.values().stream().filter(Objects::isNull)).hasSize(100);
  }

  @Test
  void marksDependOnSeedTextsAndIdsAndNotOnPartitionsOrOrder() {
    List<Row> rows = clusters(8, 300);
    List<Row> shuffled = new ArrayList<>(rows);
    shuffled.sort((a, b) -> Integer.compare(a.hashCode(), b.hashCode()));
    Map<String, String> marks = marks(new NearDuplicates().transform(table(rows, 1)));

    assertThat(marks(new NearDuplicates().transform(table(shuffled, 7)))).isEqualTo(marks);
    assertThat(marks(new NearDuplicates().setSeed(1).transform(table(rows, 1))))
        .isNotEqualTo(marks);
  }

  @Test
  void savedAndLoadedItIsTheSameAloneAndInAPipeline() throws Exception {
    List<Row> rows = clusters(4, 100);
    NearDuplicates stage = new NearDuplicates().setThreshold(0.6).setNumBands(12).setRowsPerBand(3);
    Map<String, String> marks = marks(stage.transform(table(rows, 2)));
    String alone = folder.resolve("alone").toString();
    stage.save(alone);
    String piped = folder.resolve("pipeline").toString();
    SQLTransformer select = new SQLTransformer().setStatement("SELECT id, prompt FROM __THIS__");
    new Pipeline().setStages(new PipelineStage[] {select, stage}).fit(table(rows, 2)).save(piped);
    NearDuplicates loaded = NearDuplicates.load(alone);

    assertThat(loaded.getOrDefault(loaded.numBands())).isEqualTo(12);
    assertThat(marks(loaded.transform(table(rows, 2)))).isEqualTo(marks);
    assertThat(marks(PipelineModel.load(piped).transform(table(rows, 2)))).isEqualTo(marks);
  }

  @Test
  void columnsStayAndTheMarkComesLast() {
    StructType schema =
        new StructType().add("a.key", "string").add("n", "int").add("row", "string");
    Dataset<Row> table =
        spark.createDataFrame(
            List.of(
                RowFactory.create("k1", 1, "the same"), RowFactory.create("k2", 2, "The  same")),
            schema);
    NearDuplicates stage =
        new NearDuplicates().setIdCol("a.key").setInputCol("row").setOutputCol("of");

    Dataset<Row> marked = stage.transform(table);

    assertThat(marked.schema()).isEqualTo(stage.transformSchema(schema));
    assertThat(marked.collectAsList())
        .as("one names the other")
        .satisfiesOnlyOnce(row -> assertThat(row.isNullAt(3)).isTrue())
        .satisfiesOnlyOnce(
            row -> assertThat(row.getString(3)).isEqualTo(row.getInt(1) == 1 ? "k2" : "k1"));
  }

  @Test
  void aTableThatDoesNotFitIsRefusedBeforeAnythingRuns() {
    StructType schema = TABLE.add("n", "int");

    refused(new NearDuplicates().setInputCol("text"), schema, "'text'", "id, prompt, side, n");
    refused(new NearDuplicates().setIdCol("n"), schema, "'n' holds int", "ids must be string");
    refused(new NearDuplicates().setOutputCol("Side"), schema, "'Side' exists", "setOutputCol");
    refused(new NearDuplicates().setNumBands(3), schema, "numBands", "rowsPerBand", "set both");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new NearDuplicates().setThreshold(1.5))
        .withMessageContaining("threshold")
        .withMessageContaining("1.5");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new NearDuplicates().across(table(clusters(1, 2), 1), "split"))
        .withMessageContaining("'split' with sides");
  }

  @Test
  void nullsAndRepeatedIdsAreRefusedByName() {
    fails(List.of(RowFactory.create("k", null, "x")), "'prompt' holds null", "id 'k'");
    fails(List.of(RowFactory.create(null, "text", "x")), "'id' holds null");
    fails(
        List.of(RowFactory.create("k", "text", "x"), RowFactory.create("k", "another one", "x")),
        "'id' holds 'k' in two rows");
    assertThatThrownBy(
            () -> new NearDuplicates().leaks(table(rowOf("k", "text", null), 1), "side", 1))
        .hasRootCauseInstanceOf(IllegalArgumentException.class)
        .rootCause()
        .hasMessageContaining("'side' holds null");
  }

  @Test
  void aPlantedLeakIsFoundAndSidesWithoutOneAreSilent() {
    SplittableRandom random = new SplittableRandom(6);
    List<Row> clean = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      String text = letters(random, 80);
      String side = i % 3 == 0 ? "test" : "train";
      clean.add(RowFactory.create("r" + i, text, side));
      clean.add(RowFactory.create("copy of r" + i, text + "!", side));
    }
    List<Row> leaking = new ArrayList<>(clean);
    leaking.add(RowFactory.create("r7", clean.get(0).getString(1) + "?", "a third"));

    NearDuplicates stage = new NearDuplicates();

    assertThat(stage.leaks(table(clean, 2), "side", 5)).isEqualTo(new Leaks(0, List.of()));
    assertThat(stage.leaks(table(leaking, 2), "side", 5))
        .isEqualTo(
            new Leaks(
                2,
                List.of(
                    new Leaks.Pair("copy of r0", "test", "r7", "a third"),
                    new Leaks.Pair("r0", "test", "r7", "a third"))));
    assertThat(stage.leaks(table(leaking, 2), "side", 1).examples()).hasSize(1);
  }

  @Test
  void acrossSidesEveryRowWithASimilarCandidateBeforeIsFound() {
    List<Row> rows = clusters(9, 200);
    Pairs pairs = new Pairs(0.6, 0);
    List<String> expected =
        rows.stream()
            .filter(
                row ->
                    rows.stream()
                        .anyMatch(
                            other ->
                                other.getString(2).compareTo(row.getString(2)) < 0
                                    && pairs.similar(row, other)
                                    && pairs.areCandidates(row, other)))
            .map(row -> row.getString(0))
            .toList();

    List<Row> found =
        new NearDuplicates().setThreshold(0.6).across(table(rows, 3), "side").collectAsList();

    assertThat(expected).isNotEmpty();
    assertThat(found)
        .extracting(row -> row.getString(0))
        .containsExactlyInAnyOrderElementsOf(expected);
  }

  /** What the stage decides, by definition. */
  private static final class Pairs {
    private final double threshold;
    private final Shingles shingles = new Shingles(5);
    private final Bands bands;
    private final MinHashes hashes;
    private final Sketches sketches;

    Pairs(double threshold, long seed) {
      this.threshold = threshold;
      bands = Bands.of(threshold);
      hashes = new MinHashes(MinHashes.fit(spark, bands.hashes(), seed));
      sketches = Sketches.of(bands.hashes(), threshold);
    }

    boolean similar(Row a, Row b) {
      return OverlapTest.similarity(shingles.of(a.getString(1)), shingles.of(b.getString(1)))
          >= threshold;
    }

    boolean areCandidates(Row a, Row b) {
      int[] ofA = hashes.of(shingles.of(a.getString(1)));
      int[] ofB = hashes.of(shingles.of(b.getString(1)));
      return shareABucket(bands.buckets(ofA), bands.buckets(ofB))
          && areAlike(sketches.of(ofA), sketches.of(ofB));
    }

    private static boolean shareABucket(long[] a, long[] b) {
      return IntStream.range(0, a.length).anyMatch(band -> a[band] == b[band]);
    }

    private boolean areAlike(long[] a, long[] b) {
      return sketches.areAlike(a[0], a[1], b[0], b[1]);
    }
  }

  /** Texts of 60 letters, and edits of edits of them. */
  private static List<Row> clusters(long seed, int size) {
    SplittableRandom random = new SplittableRandom(seed);
    List<String> texts = new ArrayList<>();
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      String text;
      if (i % 4 == 0) {
        text = letters(random, 60);
      } else {
        StringBuilder edited = new StringBuilder(texts.get(random.nextInt(texts.size())));
        edited.setCharAt(random.nextInt(60), '#');
        text = edited.toString();
      }
      texts.add(text);
      rows.add(RowFactory.create("r" + i, text, "side" + random.nextInt(3)));
    }
    return rows;
  }

  private static String digits(SplittableRandom random, int length) {
    return random
        .ints(length, '0', '9' + 1)
        .mapToObj(Character::toString)
        .collect(Collectors.joining());
  }

  private static String letters(SplittableRandom random, int length) {
    return random
        .ints(length, 'a', 'z' + 1)
        .mapToObj(Character::toString)
        .collect(Collectors.joining());
  }

  private static List<Row> rowOf(String id, String text, String side) {
    return List.of(RowFactory.create(id, text, side));
  }

  private static Dataset<Row> table(List<Row> rows, int partitions) {
    return spark.createDataFrame(rows, TABLE).repartition(partitions);
  }

  private static Map<String, String> marks(Dataset<Row> marked) {
    Map<String, String> marks = new HashMap<>();
    marked
        .select("id", "duplicateOf")
        .collectAsList()
        .forEach(row -> marks.put(row.getString(0), row.getString(1)));
    return marks;
  }

  private static void refused(Transformer wrong, StructType schema, String... named) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> wrong.transformSchema(schema))
        .satisfies(e -> assertThat(e.getMessage()).contains(named));
  }

  private static void fails(List<Row> rows, String... named) {
    Dataset<Row> marked = new NearDuplicates().transform(table(rows, 1));
    assertThatThrownBy(marked::count)
        .hasRootCauseInstanceOf(IllegalArgumentException.class)
        .rootCause()
        .satisfies(e -> assertThat(e.getMessage()).contains(named));
  }
}
