package org.coplms.dataprep.duplicates;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.ml.feature.MinHashLSH$;
import org.apache.spark.ml.feature.MinHashLSHModel;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.coplms.dataprep.LocalSpark;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("spark")
class MinHashesTest {
  private static SparkSession spark;

  @BeforeAll
  static void start() {
    spark = LocalSpark.start(2, 2);
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  @Test
  void valuesAreThoseOfTheModelOfMllib() {
    Shingles shingles = new Shingles(4);
    MinHashLSHModel model = MinHashes.fit(spark, 40, 11);
    MinHashes hashes = new MinHashes(model);
    List<Row> rows =
        Stream.of("", "a", "abcdef abcdef", "How do you write 42 in French?", "Ünïcode 😀 text")
            .map(text -> RowFactory.create(text, shingles.vector(text)))
            .toList();
    StructType schema =
        new StructType()
            .add("text", DataTypes.StringType)
            .add("shingles", SQLDataTypes.VectorType());

    for (Row row : model.transform(spark.createDataFrame(rows, schema)).collectAsList()) {
      double[] expected =
          row.<Vector>getList(2).stream().mapToDouble(value -> value.apply(0)).toArray();
      int[] actual = hashes.of(shingles.occurrences(row.getString(0)));
      assertThat(actual).hasSize(40);
      assertThat(actual).as(row.getString(0)).containsExactly(ints(expected));
    }
  }

  @Test
  void theSeedAloneDecides() {
    int[] shingles = new Shingles(4).of("some text or other");

    int[] values = new MinHashes(MinHashes.fit(spark, 8, 1)).of(shingles);

    assertThat(new MinHashes(MinHashes.fit(spark, 8, 1)).of(shingles)).isEqualTo(values);
    assertThat(new MinHashes(MinHashes.fit(spark, 8, 2)).of(shingles)).isNotEqualTo(values);
  }

  @Test
  void thePrimeIsThatOfMllib() {
    assertThat(MinHashes.PRIME).isEqualTo(MinHashLSH$.MODULE$.HASH_PRIME());
  }

  private static int[] ints(double[] values) {
    int[] ints = new int[values.length];
    for (int i = 0; i < ints.length; i++) {
      ints[i] = Math.toIntExact((long) values[i]);
    }
    return ints;
  }
}
