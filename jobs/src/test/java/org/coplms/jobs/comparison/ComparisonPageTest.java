package org.coplms.jobs.comparison;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

@Tag("spark")
class ComparisonPageTest {
  private static final String ATTACK = "</title></style><img src=x onerror=alert(1)>\"'&amp;${1+1}";

  @TempDir static Path folder;
  private static ObjectNode metrics;
  private static String html;

  @BeforeAll
  static void render() throws IOException {
    try (SparkSession spark = Scene.session()) {
      metrics = EntryTree.of(Realistic.inputs(spark, folder));
    }
    html = ComparisonPage.render(new EntryView(metrics));
    Files.writeString(Path.of("target", "comparison.html"), html); // to be looked at
  }

  @Test
  void figuresOfThePageAreThoseOfTheMetrics() {
    List<List<String>> rows = rows("Methods");
    assertThat(rows).hasSize(7);
    for (List<String> row : rows) {
      JsonNode method = metrics.path(name(row.get(0)));
      assertThat(row.get(1)).startsWith(score(method.path("rougeL")));
      assertThat(row.get(1)).contains(score(method.at("/rougeL_interval/0")) + " to ");
      assertThat(row.get(2)).isEqualTo(score(method.path("rougeL_sd")));
      assertThat(row.get(6)).startsWith(score(method.path("exactMatch")));
      if (method.has("versus")) {
        assertThat(row.get(3).replace('−', '-').replace("+", ""))
            .startsWith(score(method.at("/versus/rougeL/gain")));
        assertThat(row.get(8))
            .contains(" to " + score(method.at("/versus/exactMatch/high")).replace('-', '−'));
      }
    }
  }

  @Test
  void headlineNamesTheMarginOverTheBestOtherFederatedMethod() {
    String best = metrics.at("/_about/best_other_federated/rougeL").asText();
    double gain = metrics.path(best).at("/versus/rougeL/gain").asDouble();
    assertThat(best).isNotIn("co-plms", "centralized", "standalone", "fedmkt-generated");
    assertThat(html)
        .contains("Co-PLMs is %.2f points above".formatted(gain))
        .contains("the best other federated method")
        .contains("Standalone", "Centralized");
  }

  @Test
  void controlsAndAblationsStandUnderTheReference() {
    assertThat(rows("Controls")).extracting(row -> row.get(0)).startsWith("Co-PLMs").hasSize(2);
    List<List<String>> ablations = rows("Ablations");
    assertThat(ablations).hasSize(9);
    assertThat(ablations.get(8)).startsWith("− generated pairs", "–").endsWith("– not run yet");
    assertThat(ablations.get(7).get(11)).contains("1 of 3 seeds");
  }

  @Test
  void everySectionIsThereAndLinked() {
    for (String id :
        List.of(
            "results",
            "plots",
            "seeds",
            "devices",
            "domains",
            "server",
            "costs",
            "exposure",
            "run")) {
      assertThat(html).contains("<section id=\"" + id + "\"", "href=\"#" + id + "\"");
    }
    assertThat(html)
        .doesNotContain("class=\"empty\"", "NaN", "not finite")
        .contains("does not cover how a method varies from one training to the next")
        .contains("Rouge-L against bytes", "Exact match against round", "./coplms compare");
  }

  @Test
  void namesInADrawingDoNotLieUponEachOther() {
    Matcher labels =
        Pattern.compile("class=\"direct s\\d\" x=\"420\" y=\"([0-9.]+)\"").matcher(html);
    List<Double> places = new ArrayList<>();
    while (labels.find()) {
      places.add(Double.parseDouble(labels.group(1)));
    }
    assertThat(places).hasSize(2 * (8 + 8));
    for (List<Double> chart : List.of(places.subList(0, 8), places.subList(16, 24))) {
      for (int i = 1; i < chart.size(); i++) {
        assertThat(chart.get(i) - chart.get(i - 1)).isGreaterThanOrEqualTo(13.9);
      }
    }
  }

  @Test
  void escapesEveryText() {
    String attacked = ComparisonPage.render(new EntryView(tainted(metrics)));
    assertThat(attacked)
        .doesNotContain("<img", ATTACK)
        .contains("Co-PLMs&lt;/title&gt;", "fr&lt;/title&gt;");
    assertThat(tags(attacked)).isEqualTo(tags(html));
  }

  @Test
  void asksForNothingOutsideAndRunsNoScript() {
    assertThat(html).contains("default-src 'none'").doesNotContain("<script", "@import", "url(");
    Matcher links = Pattern.compile("(?:src|href|action|data)\\s*=\\s*\"([^\"]*)\"").matcher(html);
    assertThat(links.results().map(link -> link.group(1)).toList())
        .isNotEmpty()
        .allMatch(target -> target.startsWith("#") || target.equals("data:,"));
  }

  /** The page's body is well-formed as XML once its entities and empty elements are. */
  @Test
  void closesEveryElement() throws ParserConfigurationException, IOException, SAXException {
    NodeList drawings = body(html).getElementsByTagName("svg");
    assertThat(drawings.getLength()).isGreaterThanOrEqualTo(6);
  }

  @Test
  void sameFiguresMakeTheSamePage() {
    assertThat(ComparisonPage.render(new EntryView(metrics))).isEqualTo(html);
  }

  /** Every text and every domain ends with an attack; names that refer to others stay. */
  private static JsonNode tainted(JsonNode tree) {
    if (tree.isTextual()) {
      return TextNode.valueOf(tree.asText() + ATTACK);
    }
    if (tree instanceof ArrayNode array) {
      ArrayNode copy = array.arrayNode();
      array.forEach(value -> copy.add(tainted(value)));
      return copy;
    }
    if (tree instanceof ObjectNode object) {
      ObjectNode copy = object.objectNode();
      for (Map.Entry<String, JsonNode> field : object.properties()) {
        String key = field.getKey();
        boolean refers = List.of("name", "kind", "reference", "rougeL", "exactMatch").contains(key);
        boolean domain = key.length() == 2;
        copy.set(
            domain ? key + ATTACK : key,
            refers && field.getValue().isTextual() ? field.getValue() : tainted(field.getValue()));
      }
      return copy;
    }
    return tree;
  }

  private static Element body(String page)
      throws ParserConfigurationException, IOException, SAXException {
    String xml = page.substring(page.indexOf("<body>"), page.indexOf("</body>") + 7);
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(xml)))
        .getDocumentElement();
  }

  /** The texts of the cells of a table, by row; what is small follows after a blank. */
  private static List<List<String>> rows(String title) {
    String table =
        html.substring(html.indexOf("<caption class=\"unseen\">" + title + "</caption>"));
    table = table.substring(table.indexOf("<tbody>"), table.indexOf("</tbody>"));
    List<List<String>> rows = new ArrayList<>();
    for (String row : table.split("</tr>", -1)) {
      List<String> cells =
          Pattern.compile("<t[hd][^>]*>(.*?)</t[hd]>", Pattern.DOTALL)
              .matcher(row)
              .results()
              .map(cell -> cell.group(1).replaceAll("<[^>]+>", " ").trim())
              .toList();
      if (!cells.isEmpty()) {
        rows.add(cells);
      }
    }
    return rows;
  }

  private static String name(String title) {
    for (JsonNode method : metrics.at("/_about/methods")) {
      if (method.path("title").asText().equals(title)) {
        return method.path("name").asText();
      }
    }
    throw new AssertionError("no method is called " + title);
  }

  private static String score(JsonNode value) {
    return String.format(Locale.ROOT, "%.1f", value.asDouble());
  }

  private static List<String> tags(String page) {
    return Pattern.compile("<(/?[a-zA-Z0-9]+)")
        .matcher(page)
        .results()
        .map(tag -> tag.group(1))
        .toList();
  }
}
