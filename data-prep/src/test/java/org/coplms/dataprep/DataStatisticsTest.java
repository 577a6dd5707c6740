package org.coplms.dataprep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.coplms.dataprep.DataStatistics.Cell;
import org.coplms.dataprep.prepare.CldrSpec;
import org.coplms.dataprep.prepare.PrepareSpec;
import org.junit.jupiter.api.Test;

class DataStatisticsTest {
  private static final DataStatistics STATISTICS =
      new DataStatistics(
          new PrepareSpec(1, CldrSpec.benchmark(150), 4, 0.7).toJson(),
          "ICU",
          new RecordCounts(1310, 1300, 8, 2, 20),
          List.of(
              new Cell(-1, "public", "a/b", 1200),
              new Cell(-1, "test", "c", 50),
              new Cell(0, "test", "c", 5),
              new Cell(0, "train", "c", 20),
              new Cell(2, "train", "a/b", 5)));

  @Test
  void jsonKeepsEverything() {
    assertThat(DataStatistics.fromJson(STATISTICS.toJson())).isEqualTo(STATISTICS);
  }

  @Test
  void theMatrixHasEveryDomainAndDevice() {
    assertThat(STATISTICS.trainMatrix())
        .isEqualTo(Map.of("a/b", Map.of(0, 0L, 2, 5L), "c", Map.of(0, 20L, 2, 0L)));
    assertThat(STATISTICS.serverRows("public")).isEqualTo(1200);
    assertThat(STATISTICS.deviceRows(0, "test")).isEqualTo(5);
  }

  @Test
  void theTableShowsCountsAndDomainsByPlace() {
    assertThat(STATISTICS.toTable().lines().map(line -> line.strip().replaceAll(" +", " ")))
        .containsExactly(
            "1,310 records read = 1,300 accepted + 8 duplicates + 2 quarantined; 20 accepted unused",
            "server pretrain pretrain-slm public test device 0 device 2",
            "a/b 0 0 1,200 0 0 5",
            "c 0 0 0 50 20 0",
            "total 0 0 1,200 50 20 5",
            "validation 0 0",
            "test 5 0");
  }

  @Test
  void noRecordMayBeLost() {
    assertThatThrownBy(() -> new RecordCounts(10, 7, 2, 0, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("must be the 10 records read");
  }

  @Test
  void textThatIsCutShortIsRefused() {
    String json = STATISTICS.toJson();
    assertThatThrownBy(() -> DataStatistics.fromJson(json.substring(0, json.length() / 2)))
        .isInstanceOf(PreparationException.class);
  }
}
