package org.coplms.jobs.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ReportWriterTest {
  private static final List<String> SECTIONS =
      List.of("results", "rounds", "health", "domains", "bytes", "answers", "time", "run");

  @Test
  void showsEverySectionOfAFullRun() {
    String html = ReportWriter.render(ReportFixtures.full());
    for (String section : SECTIONS) {
      assertThat(html)
          .contains("<section id=\"" + section + "\"")
          .contains("href=\"#" + section + "\"");
    }
    assertThat(html)
        .doesNotContain("class=\"empty\"")
        .contains("<h1>Two devices</h1>", "3 February 2026, 14:05 UTC", "seed 17", "2 rounds")
        .contains("SAML: KL, SLM learns from DPM", "SAML: KL, DPM learns from SLM", "odd: thing")
        .contains("LLM", "DPM", "912,384", "./coplms quickstart", "rounds</dt><dd>2</dd>")
        .contains("device-only", "zwölf", "SLM tuned alone", "✓ right", "✗ wrong")
        .contains("layers.0.q_proj.lora_A.weight", "all LLM weights")
        .contains("Rehearsal is this project&#39;s extension.");
  }

  @Test
  void saysWhatIsMissingWhenNothingHasRunYet() {
    String html = ReportWriter.render(ReportData.started(ReportFixtures.run("")));
    assertThat(html)
        .contains("Nothing has been evaluated yet.")
        .contains("No round has been committed yet.")
        .contains("No mutual learning (SAML) has been recorded yet.")
        .contains("No data has been prepared yet.")
        .contains("Nothing has crossed the line between edge and server yet.")
        .contains("No answers have been recorded yet.")
        .contains("No stage has finished yet.")
        .doesNotContain("<figure", "class=\"tiles\"", "NaN");
  }

  @Test
  void writesScoresAndGainsWithOneDecimal() {
    String html = ReportWriter.render(ReportFixtures.full());
    assertThat(html)
        .contains("<td>10.0</td><td class=\"main\">40.3</td>")
        .contains("+30.2<small>+300.9 %</small>")
        .contains("9.3 s", "25.0 %", "37.0 s")
        .contains("1.5 MB", "4.0 MB");
  }

  @Test
  void escapesEveryText() {
    String attack = "</script></title></style><img src=x onerror=alert(1)>\"'&amp;${1+1}";
    String html = ReportWriter.render(ReportFixtures.full(attack));
    assertThat(html)
        .doesNotContain("<img", "</script", attack)
        .contains("12 in german?&lt;/script&gt;")
        .contains("&quot;&#39;&amp;amp;${1+1}");
    assertThat(count(html, "</style>")).isOne();
    assertThat(count(html, "</title></style>")).isZero();
    assertThat(tags(html)).isEqualTo(tags(ReportWriter.render(ReportFixtures.full())));
  }

  @Test
  void asksForNothingOutsideAndRunsNoScript() {
    String html = ReportWriter.render(ReportFixtures.full());
    assertThat(html)
        .contains("default-src 'none'")
        .doesNotContain("<script", "@import", "url(", "//");
    Matcher links = Pattern.compile("(?:src|href|action|data)\\s*=\\s*\"([^\"]*)\"").matcher(html);
    assertThat(links.results().map(link -> link.group(1)).toList())
        .isNotEmpty()
        .allMatch(target -> target.startsWith("#") || target.equals("data:,"));
  }

  @Test
  void rendersTheSameDataToTheSamePage() {
    assertThat(ReportWriter.render(ReportFixtures.full()))
        .isEqualTo(ReportWriter.render(ReportFixtures.full()));
  }

  @Test
  void closesEveryElement() {
    String html = ReportWriter.render(ReportFixtures.full());
    for (String name :
        List.of("section", "div", "table", "tr", "td", "th", "svg", "figure", "dl", "p", "span")) {
      assertThat(count(html, "<" + name + " ") + count(html, "<" + name + ">"))
          .as(name)
          .isPositive()
          .isEqualTo(count(html, "</" + name + ">"));
    }
  }

  private static List<String> tags(String html) {
    return Pattern.compile("<(/?[a-zA-Z0-9]+)")
        .matcher(html)
        .results()
        .map(m -> m.group(1))
        .toList();
  }

  private static int count(String text, String part) {
    return text.split(Pattern.quote(part), -1).length - 1;
  }
}
