package org.coplms.jobs.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.coplms.dataprep.DataStatistics;
import org.coplms.dataprep.RecordCounts;
import org.coplms.dataprep.card.DataCard;
import org.coplms.dataprep.card.LengthSummary;
import org.coplms.dataprep.card.TokenizerSummary;

/** The data card as a page of its own: what the template reads. */
public record DataPage(
    String title,
    List<String> facts,
    List<Headline.Tile> tiles,
    List<Step> steps,
    List<Step> reasons,
    MixSection mix,
    List<Histogram> lengths,
    List<Tokenizer> tokenizers,
    List<Tried> tried,
    List<Sample> samples) {
  /** Records of one step, as a share of those read. */
  public record Step(String name, String records, String share, double percent) {}

  /** Lengths with their bars; {@code percent} compares a bucket with the fullest. */
  public record Histogram(String name, String texts, String mean, String longest, List<Bar> bars) {}

  /** One bucket. */
  public record Bar(String range, String texts, String share, double percent) {}

  /** How a tokenizer meets the texts. */
  public record Tokenizer(
      String name,
      String vocabulary,
      String used,
      String usedShare,
      String perWord,
      String unknown) {}

  /** A number of domains that was tried. */
  public record Tried(String domains, String silhouette, boolean chosen) {}

  /** An example and where it went. */
  public record Sample(String domain, String prompt, List<String> responses, List<String> places) {}

  /** The page, to be written as UTF-8. */
  public static String html(DataCard card, DomainMix mix) {
    return ReportWriter.render("card.ftlh", of(card, mix));
  }

  static DataPage of(DataCard card, DomainMix mix) {
    return new DataPage(
        "Prepared data",
        facts(card.input()),
        tiles(card),
        steps(card),
        reasons(card),
        MixSection.of(mix),
        card.texts().lengths().stream().map(DataPage::histogram).toList(),
        card.texts().tokenizers().stream().map(DataPage::tokenizer).toList(),
        card.discovered().stream()
            .map(
                tried ->
                    new Tried(
                        Integer.toString(tried.domains()),
                        String.format(Locale.ROOT, "%.3f", tried.silhouette()),
                        tried.chosen()))
            .toList(),
        card.samples().stream()
            .map(s -> new Sample(s.domain(), s.prompt(), s.responses(), s.places()))
            .toList());
  }

  private static List<String> facts(DataCard.Input input) {
    List<String> facts = new ArrayList<>(List.of("source " + input.source()));
    if (input.files() > 0) {
      facts.add(input.place());
      facts.add(
          "%s %s, %s"
              .formatted(
                  Display.count(input.files()),
                  input.files() == 1 ? "file" : "files",
                  Display.bytes(input.bytes())));
    }
    return facts;
  }

  private static List<Headline.Tile> tiles(DataCard card) {
    RecordCounts counts = card.counts();
    long left = counts.duplicates() + counts.quarantined();
    return List.of(
        new Headline.Tile("Records read", Display.count(counts.read()), ""),
        new Headline.Tile(
            "Accepted", Display.count(counts.accepted()), share(counts.accepted(), counts.read())),
        new Headline.Tile(
            "Left out",
            Display.count(left),
            "%s duplicates, %s quarantined"
                .formatted(
                    Display.count(counts.duplicates()), Display.count(counts.quarantined()))),
        new Headline.Tile(
            "Domains",
            Display.count(
                card.cells().stream().map(DataStatistics.Cell::domain).distinct().count()),
            card.discovered().isEmpty() ? "" : "discovered"));
  }

  private static String share(long part, long whole) {
    return whole == 0 ? "" : Display.share((double) part / whole);
  }

  private static List<Step> steps(DataCard card) {
    RecordCounts counts = card.counts();
    long read = counts.read();
    return List.of(
        step("Read", read, read),
        step("Quarantined", counts.quarantined(), read),
        step("Exact duplicates", card.duplicates().exact(), read),
        step("Near duplicates", card.duplicates().near(), read),
        step("Accepted", counts.accepted(), read),
        step("of these in no split", counts.unused(), read));
  }

  private static Step step(String name, long records, long read) {
    double share = read == 0 ? 0 : (double) records / read;
    return new Step(
        name, Display.count(records), Display.share(share), Math.round(1000 * share) / 10.0);
  }

  private static List<Step> reasons(DataCard card) {
    List<Step> reasons = new ArrayList<>();
    for (Map.Entry<String, Long> reason : card.quarantined().entrySet()) {
      reasons.add(step(reason.getKey(), reason.getValue(), card.counts().read()));
    }
    return reasons;
  }

  private static Histogram histogram(LengthSummary lengths) {
    long fullest =
        lengths.buckets().stream().mapToLong(LengthSummary.Bucket::texts).max().orElse(0);
    List<Bar> bars = new ArrayList<>();
    for (LengthSummary.Bucket bucket : lengths.buckets()) {
      String range =
          bucket.from() == bucket.to()
              ? Display.count(bucket.from())
              : Display.count(bucket.from()) + " to " + Display.count(bucket.to());
      double percent = fullest == 0 ? 0 : Math.round(1000.0 * bucket.texts() / fullest) / 10.0;
      bars.add(
          new Bar(
              range,
              Display.count(bucket.texts()),
              share(bucket.texts(), lengths.texts()),
              percent));
    }
    return new Histogram(
        lengths.name(),
        Display.count(lengths.texts()),
        Display.score(lengths.mean()),
        Display.count(lengths.longest()),
        bars);
  }

  private static Tokenizer tokenizer(TokenizerSummary summary) {
    return new Tokenizer(
        summary.name(),
        Display.count(summary.vocabulary()),
        Display.count(summary.used()),
        share(summary.used(), summary.vocabulary()),
        String.format(Locale.ROOT, "%.2f", summary.tokensPerWord()),
        Display.share(summary.unknownShare()));
  }
}
