package org.coplms.dataprep.domains;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Texts of topics that are known: most words are the topic's own, some are everyone's. */
final class TopicTexts {
  static final List<List<String>> TOPICS =
      List.of(
          List.of("invoice", "payment", "refund", "billing", "charge", "receipt", "discount"),
          List.of("router", "modem", "signal", "wifi", "cable", "antenna", "bandwidth"),
          List.of("flight", "airport", "luggage", "boarding", "ticket", "airline", "layover"),
          List.of("recipe", "oven", "flour", "butter", "simmer", "garlic", "saucepan"),
          List.of("tendon", "muscle", "ankle", "sprain", "physio", "swelling", "ligament"));

  private static final List<String> COMMON =
      List.of("please", "help", "question", "today", "customer", "answer", "tell", "know");
  private static final StructType SCHEMA =
      new StructType()
          .add("prompt", DataTypes.StringType, true)
          .add("topic", DataTypes.IntegerType, false);

  private TopicTexts() {}

  /** (prompt, topic), the topics in turn. */
  static Dataset<Row> of(SparkSession spark, int texts, int topics, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < texts; i++) {
      List<String> words = new ArrayList<>();
      for (int word = 0; word < 8; word++) {
        words.add(one(TOPICS.get(i % topics), random));
      }
      words.add(2, one(COMMON, random));
      words.add("the");
      words.add(one(COMMON, random) + "?");
      rows.add(RowFactory.create(String.join(" ", words), i % topics));
    }
    return spark.createDataFrame(rows, SCHEMA);
  }

  private static String one(List<String> words, SplittableRandom random) {
    return words.get(random.nextInt(words.size()));
  }
}
