package org.coplms.jobs.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Every byte that crossed the line between edge devices and the server.
 *
 * <p>A round's crossings are one file of the round, so they are committed with it and cannot be
 * changed afterwards; {@code ledger.parquet} is made from the committed rounds and can be made
 * again.
 */
public final class Ledger {
  /** Rows of {@code ledger.parquet}. */
  public static final StructType SCHEMA =
      new StructType()
          .add("round", DataTypes.IntegerType, false)
          .add("device", DataTypes.IntegerType, false)
          .add("direction", DataTypes.StringType, false)
          .add("tensors", DataTypes.createArrayType(DataTypes.StringType, false), false)
          .add("bytes", DataTypes.LongType, false);

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Comparator<Crossing> ORDER =
      Comparator.comparingInt(Crossing::round)
          .thenComparing(Crossing::direction, Comparator.reverseOrder())
          .thenComparingInt(Crossing::device);

  private final RunStore store;

  public Ledger(RunStore store) {
    this.store = store;
  }

  /**
   * Writes a round's crossings into the round in progress, before it is committed.
   *
   * @throws IllegalArgumentException if one belongs to another round
   */
  public void writeRound(int round, List<Crossing> crossings) {
    StringBuilder lines = new StringBuilder();
    for (Crossing crossing : crossings.stream().sorted(ORDER).toList()) {
      if (crossing.round() != round) {
        throw new IllegalArgumentException(
            "A crossing of round %d in the ledger of round %d".formatted(crossing.round(), round));
      }
      lines.append(toJson(crossing)).append('\n');
    }
    store.write(
        RunLayout.round(round) + "/" + RunLayout.ROUND_LEDGER,
        lines.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** Crossings of all committed rounds, in order of round, downloads first, then device. */
  public List<Crossing> crossings() {
    List<Crossing> crossings = new ArrayList<>();
    for (int round : store.committedRounds()) {
      crossings.addAll(crossings(round));
    }
    return List.copyOf(crossings);
  }

  /** Bytes that went one way in all committed rounds. */
  public long bytes(Direction direction) {
    return crossings().stream()
        .filter(crossing -> crossing.direction() == direction)
        .mapToLong(Crossing::bytes)
        .sum();
  }

  /** Writes {@code ledger.parquet} from the committed rounds. */
  public void consolidate(SparkSession spark) {
    List<Row> rows = new ArrayList<>();
    for (Crossing crossing : crossings()) {
      rows.add(
          RowFactory.create(
              crossing.round(),
              crossing.device(),
              crossing.direction().label(),
              crossing.tensors().toArray(String[]::new),
              crossing.bytes()));
    }
    spark
        .createDataFrame(rows, SCHEMA)
        .coalesce(1)
        .write()
        .mode(SaveMode.Overwrite)
        .parquet(store.ledgerPath());
  }

  /** The consolidated ledger. */
  public static Dataset<Row> read(SparkSession spark, String ledgerPath) {
    return spark.read().schema(SCHEMA).parquet(ledgerPath);
  }

  private List<Crossing> crossings(int round) {
    String relative = RunLayout.round(round) + "/" + RunLayout.ROUND_LEDGER;
    List<Crossing> crossings = new ArrayList<>();
    if (store.exists(relative)) {
      String text = new String(store.read(relative), StandardCharsets.UTF_8);
      text.lines().forEach(line -> crossings.add(fromJson(line, relative)));
    }
    return crossings;
  }

  private static String toJson(Crossing crossing) {
    ObjectNode line = MAPPER.createObjectNode();
    line.put("round", crossing.round());
    line.put("device", crossing.device());
    line.put("direction", crossing.direction().label());
    crossing.tensors().forEach(line.putArray("tensors")::add);
    line.put("bytes", crossing.bytes());
    return line.toString();
  }

  private Crossing fromJson(String text, String relative) {
    try {
      JsonNode line = MAPPER.readTree(text);
      List<String> tensors = new ArrayList<>();
      line.path("tensors").forEach(tensor -> tensors.add(tensor.asText()));
      return new Crossing(
          line.path("round").asInt(),
          line.path("device").asInt(),
          Direction.valueOf(line.path("direction").asText().toUpperCase(Locale.ROOT)),
          tensors,
          line.path("bytes").asLong());
    } catch (JsonProcessingException | IllegalArgumentException e) {
      throw new RunStoreException(
          store.path(relative) + " is damaged: " + e.getMessage() + "; restore it", e);
    }
  }
}
