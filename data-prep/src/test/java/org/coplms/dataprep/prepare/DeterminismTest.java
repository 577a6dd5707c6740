package org.coplms.dataprep.prepare;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.coplms.dataprep.LocalSpark;
import org.coplms.dataprep.Prepared;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same seed gives the same rows whatever the cores, partitions, files and their order. */
@Tag("spark")
class DeterminismTest {
  @TempDir Path folder;

  @Test
  void cldrRowsDoNotDependOnTheCluster() {
    PrepareSpec spec = new PrepareSpec(5, CldrSpec.benchmark(100), 4, 0.7);
    assertThat(content(2, 5, spec)).isEqualTo(content(1, 1, spec)).hasSizeGreaterThan(3000);
  }

  @Test
  void wordnetRowsDoNotDependOnTheCluster() {
    PrepareSpec spec = new PrepareSpec(5, WordnetSpec.benchmark(100), 4, 0.7);
    assertThat(content(2, 5, spec)).isEqualTo(content(1, 1, spec)).hasSizeGreaterThan(3000);
  }

  @Test
  void filesRowsDoNotDependOnFilesTheirOrderOrTheCluster() throws IOException {
    Path input = Files.createDirectories(folder.resolve("input"));
    List<String> lines = FilesPreparationTest.lines(300);
    lines.add(lines.get(7).replace("question", "Question").replace("answer", "other"));
    PrepareSpec spec = new PrepareSpec(5, FilesSpec.of(input.toString(), 0.7), 3, 0.7);
    Files.write(input.resolve("all.jsonl"), lines);
    List<String> one = content(1, 1, spec);

    Files.delete(input.resolve("all.jsonl"));
    List<String> shuffled = new ArrayList<>(lines);
    Collections.shuffle(shuffled, new Random(1));
    Files.write(input.resolve("z.jsonl"), shuffled.subList(0, 100));
    Files.write(input.resolve("a.jsonl"), shuffled.subList(100, shuffled.size()));
    assertThat(content(2, 7, spec)).isEqualTo(one).hasSize(300);
  }

  @Test
  void aDigestTellsRowsApartButNotTheirOrder() {
    try (SparkSession spark = LocalSpark.start(2, 3)) {
      Dataset<Row> rows =
          spark.sql(
              "SELECT * FROM VALUES (1, 'a', array('x')), (2, 'b', array('y')) AS t(n, p, r)");
      assertThat(Prepared.digest(rows))
          .startsWith("2-")
          .isEqualTo(Prepared.digest(rows.orderBy(rows.col("n").desc()).repartition(3)))
          .isNotEqualTo(Prepared.digest(rows.union(rows).distinct().limit(1)))
          .isNotEqualTo(Prepared.digest(rows.union(rows.limit(1))))
          .isNotEqualTo(Prepared.digest(rows.selectExpr("n", "p", "array(concat(r[0], ' ')) AS r")))
          .isNotEqualTo(Prepared.digest(rows.union(rows).union(rows)));
      Dataset<Row> first = rows.filter("n = 1");
      Dataset<Row> second = rows.filter("n = 2");
      assertThat(Prepared.digest(first.union(first)))
          .isNotEqualTo(Prepared.digest(second.union(second)));
      assertThat(Prepared.digest(rows.limit(0))).startsWith("0-");
    }
  }

  /** Every row of every split, prepared in a session of its own. */
  private List<String> content(int cores, int shufflePartitions, PrepareSpec spec) {
    String data = folder.resolve("data-" + System.nanoTime()).toString();
    try (SparkSession spark = LocalSpark.start(cores, shufflePartitions)) {
      Preparation.prepare(spark, spec, data);
      return LocalSpark.content(Prepared.all(spark, data));
    }
  }
}
