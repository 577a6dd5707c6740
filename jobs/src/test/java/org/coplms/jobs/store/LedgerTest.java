package org.coplms.jobs.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerTest {
  @TempDir Path folder;
  private RunStore store;
  private Ledger ledger;

  @BeforeEach
  void open() {
    RunIdentity identity =
        new RunIdentity(JsonNodeFactory.instance.objectNode(), 1, new TreeMap<>(), Set.of());
    store = RunStore.open(folder.resolve("run").toString(), identity, new Configuration());
    ledger = new Ledger(store);
  }

  @Test
  void countsCommittedRoundsOnly() {
    commit(1, crossing(1, 0, Direction.DOWN, 100), crossing(1, 0, Direction.UP, 40));
    commit(2, crossing(2, 0, Direction.DOWN, 100), crossing(2, 1, Direction.UP, 2));
    ledger.writeRound(3, List.of(crossing(3, 0, Direction.UP, 1000)));
    assertThat(ledger.bytes(Direction.UP)).isEqualTo(42);
    assertThat(ledger.bytes(Direction.DOWN)).isEqualTo(200);
  }

  @Test
  void ordersByRoundThenDownloadsThenDevice() {
    commit(
        1,
        crossing(1, 1, Direction.UP, 4),
        crossing(1, 0, Direction.UP, 3),
        crossing(1, 1, Direction.DOWN, 2),
        crossing(1, 0, Direction.DOWN, 1));
    assertThat(ledger.crossings()).extracting(Crossing::bytes).containsExactly(1L, 2L, 3L, 4L);
    assertThat(ledger.crossings().get(0).tensors()).containsExactly("a", "b");
  }

  @Test
  void aRoundWithoutCrossingsIsNotCounted() {
    store.beginRound(1);
    store.write("rounds/0001/proxy.safetensors", new byte[] {1});
    store.commitRound(1);
    assertThat(ledger.crossings()).isEmpty();
  }

  @Test
  void refusesACrossingOfAnotherRound() {
    assertThatThrownBy(() -> ledger.writeRound(2, List.of(crossing(1, 0, Direction.UP, 1))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("round 1")
        .hasMessageContaining("round 2");
  }

  @Test
  void aChangedLedgerIsFoundByTheRound() {
    commit(1, crossing(1, 0, Direction.UP, 1));
    ledger.writeRound(1, List.of(crossing(1, 0, Direction.UP, 2)));
    assertThatThrownBy(() -> store.verifyRound(1)).hasMessageContaining("ledger.jsonl");
  }

  @Test
  @Tag("spark")
  void becomesATable() {
    commit(1, crossing(1, 0, Direction.DOWN, 100), crossing(1, 0, Direction.UP, 40));
    try (SparkSession spark =
        SparkSession.builder().master("local[1]").config("spark.ui.enabled", false).getOrCreate()) {
      ledger.consolidate(spark);
      ledger.consolidate(spark);
      List<Row> rows = Ledger.read(spark, store.ledgerPath()).collectAsList();
      assertThat(rows).hasSize(2);
      assertThat(rows.get(1).<Integer>getAs("round")).isEqualTo(1);
      assertThat(rows.get(1).<String>getAs("direction")).isEqualTo("up");
      assertThat(rows.get(1).<String>getList(3)).containsExactly("a", "b");
      assertThat(rows.get(1).<Long>getAs("bytes")).isEqualTo(40);
    }
  }

  private void commit(int round, Crossing... crossings) {
    store.beginRound(round);
    ledger.writeRound(round, List.of(crossings));
    store.commitRound(round);
  }

  private static Crossing crossing(int round, int device, Direction direction, long bytes) {
    return new Crossing(round, device, direction, List.of("b", "a"), bytes);
  }
}
