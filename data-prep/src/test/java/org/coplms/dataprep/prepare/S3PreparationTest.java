package org.coplms.dataprep.prepare;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.coplms.dataprep.DataStatistics;
import org.coplms.dataprep.LocalSpark;
import org.coplms.dataprep.Prepared;
import org.coplms.dataprep.RecordCounts;
import org.coplms.dataprep.S3Server;
import org.coplms.dataprep.card.DataCard;
import org.coplms.dataprep.domains.DomainModel;
import org.coplms.dataprep.files.DomainFrom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From objects of a bucket to objects of a bucket. */
@Tag("spark")
class S3PreparationTest {
  private static final String INPUT = "s3a://bucket/in put/";

  private static S3Server server;
  private static SparkSession spark;

  @TempDir java.nio.file.Path folder;

  @BeforeAll
  static void start() throws Exception {
    server = new S3Server("bucket");
    spark = LocalSpark.start(2, 2);
    server.settings().forEach(spark.sparkContext().hadoopConfiguration()::set);
  }

  @AfterAll
  static void stop() throws Exception {
    spark.stop();
    server.close();
  }

  @Test
  void aBucketGivesTheSameExamplesAsAFolder() throws IOException {
    List<String> lines = FilesPreparationTest.lines(200);
    lines.set(20, "{\"prompt\": \"p\", ");
    Files.write(folder.resolve("first.jsonl"), lines.subList(0, 120));
    Files.write(folder.resolve("second.jsonl"), lines.subList(120, 200));
    writeCompressed(INPUT + "first.jsonl.gz", lines.subList(0, 120));
    writeCompressed(INPUT + "second.jsonl.gz", lines.subList(120, 200));
    String local = folder.resolve("data").toString();
    String remote = "s3a://bucket/run/data";

    DataStatistics ofFolder = prepare(folder + "/*.jsonl", local);
    DataStatistics ofBucket = prepare(INPUT + "*.jsonl.gz", remote);

    assertThat(ofBucket.counts()).isEqualTo(new RecordCounts(200, 199, 0, 1, 0));
    assertThat(ofBucket.counts()).isEqualTo(ofFolder.counts());
    assertThat(LocalSpark.content(Prepared.all(spark, remote)))
        .hasSize(199)
        .isEqualTo(LocalSpark.content(Prepared.all(spark, local)));
    assertThat(spark.read().json(remote + "/quarantine").first().<String>getAs("file"))
        .isEqualTo(INPUT + "first.jsonl.gz");
    assertThat(DataCard.of(remote).counts()).isEqualTo(ofBucket.counts());
    assertThat(DomainModel.load(remote + "/discovery").summary().domains())
        .isEqualTo(DomainModel.load(local + "/discovery").summary().domains());
    assertThat(prepare(INPUT + "*.jsonl.gz", remote)).as("reused").isEqualTo(ofBucket);
  }

  private static DataStatistics prepare(String input, String data) {
    FilesSpec discovering = FilesSpecs.of(input, 1.0).domain(DomainFrom.DISCOVER).build();
    return Preparation.prepare(spark, new PrepareSpec(3, discovering, 2, 1.0), data);
  }

  private static void writeCompressed(String file, List<String> lines) throws IOException {
    Path path = new Path(file);
    try (OutputStream out =
        new GZIPOutputStream(
            path.getFileSystem(spark.sparkContext().hadoopConfiguration()).create(path))) {
      out.write(String.join("\n", lines).getBytes(StandardCharsets.UTF_8));
    }
  }
}
