package org.coplms.dataprep.card;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.coplms.dataprep.DataStatistics;
import org.coplms.dataprep.PreparationException;
import org.coplms.dataprep.RecordCounts;
import org.junit.jupiter.api.Test;

class CardJsonTest {
  private static final DataCard CARD =
      new DataCard(
          new DataCard.Input("files", "a/*.csv", 2, 300),
          new RecordCounts(10, 6, 3, 1, 0),
          new DataCard.Duplicates(2, 1),
          new TreeMap<>(Map.of("not-json", 1L)),
          List.of(new DataStatistics.Cell(-1, "public", "law", 2)),
          new TextSummary(
              List.of(
                  new LengthSummary(
                      "prompt, characters", 6, 2.5, 4, List.of(new LengthSummary.Bucket(2, 5, 6)))),
              List.of(new TokenizerSummary("llm", 640, 40, 60, 1.5, 0.01))),
          List.of(new DataCard.Discovered(2, 0.5, true)),
          List.of(new DataCard.Sample("law", "who?", List.of("he"), List.of("server, public"))));

  @Test
  void aCardIsReadAsItWasWritten() {
    assertThat(CardJson.read(CardJson.write(CARD))).isEqualTo(CARD);
  }

  @Test
  void programsFindTheCountsUnderTheirNames() throws Exception {
    JsonNode counts = new JsonMapper().readTree(CardJson.write(CARD)).path("counts");
    assertThat(counts.path("read").asLong()).isEqualTo(10);
    assertThat(counts.path("accepted").asLong()).isEqualTo(6);
    assertThat(counts.path("duplicates").asLong()).isEqualTo(3);
    assertThat(counts.path("quarantined").asLong()).isEqualTo(1);
  }

  @Test
  void anotherTextIsRefused() {
    assertThatThrownBy(() -> CardJson.read("{\"counts\": 1}"))
        .isInstanceOf(PreparationException.class)
        .hasMessageContaining("Not a data card");
  }
}
