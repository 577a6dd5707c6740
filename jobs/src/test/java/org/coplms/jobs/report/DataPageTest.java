package org.coplms.jobs.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.coplms.dataprep.DataStatistics;
import org.coplms.dataprep.RecordCounts;
import org.coplms.dataprep.card.DataCard;
import org.coplms.dataprep.card.LengthSummary;
import org.coplms.dataprep.card.TextSummary;
import org.coplms.dataprep.card.TokenizerSummary;
import org.junit.jupiter.api.Test;

class DataPageTest {
  @Test
  void everyStepReasonAndDomainIsOnThePage() {
    String html = html(card(List.of(cell(0, "train", "law", 7), cell(-1, "public", "law", 3))));
    assertThat(html)
        .contains("Exact duplicates", "Near duplicates", "not-json", "1,234")
        .contains("tokens of llm", "2.50", "12.0 %")
        .contains("0.512")
        .contains("server, public");
  }

  @Test
  void whatTheDataSayIsTextAndNothingElse() {
    assertThat(html(card(List.of(cell(0, "train", "<b>", 1)))))
        .contains("&lt;b&gt;", "&lt;script&gt;")
        .doesNotContain("<script", "<b>\n", "http://", "https://");
  }

  @Test
  void ofManyDomainsTheSmallestAreOneColumn() {
    List<DataStatistics.Cell> cells = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      cells.add(cell(0, "train", "domain-%03d".formatted(i), 1_000 - i));
    }
    DataStatistics statistics =
        new DataStatistics("{}", "", new RecordCounts(0, 0, 0, 0, 0), cells);
    DomainMix mix = DomainMix.of(statistics, 1, Set.of());
    List<String> columns = mix.counts().stream().map(DomainMix.Count::domain).distinct().toList();
    assertThat(columns).hasSize(25).contains("domain-000", "others").doesNotContain("domain-099");
    assertThat(mix.counts().stream().mapToLong(DomainMix.Count::examples).sum())
        .isEqualTo(cells.stream().mapToLong(DataStatistics.Cell::rows).sum());
  }

  private static String html(DataCard card) {
    DataStatistics statistics = new DataStatistics("{}", "", card.counts(), card.cells());
    return DataPage.html(card, DomainMix.of(statistics, 2, Set.of()));
  }

  private static DataStatistics.Cell cell(int device, String split, String domain, long rows) {
    return new DataStatistics.Cell(device, split, domain, rows);
  }

  private static DataCard card(List<DataStatistics.Cell> cells) {
    return new DataCard(
        new DataCard.Input("files", "a/*.csv", 2, 300),
        new RecordCounts(1234, 1000, 200, 34, 0),
        new DataCard.Duplicates(150, 50),
        new TreeMap<>(Map.of("not-json", 34L)),
        cells,
        new TextSummary(
            List.of(
                new LengthSummary(
                    "prompt and response, tokens of llm",
                    6,
                    2.5,
                    4,
                    List.of(new LengthSummary.Bucket(2, 2, 6), new LengthSummary.Bucket(3, 5, 0)))),
            List.of(new TokenizerSummary("llm", 640, 40, 60, 2.5, 0.12))),
        List.of(new DataCard.Discovered(2, 0.512, true), new DataCard.Discovered(3, 0.4, false)),
        List.of(
            new DataCard.Sample(
                "law", "<script>alert(1)</script>", List.of("he"), List.of("server, public"))));
  }
}
