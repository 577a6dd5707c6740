package org.coplms.jobs.comparison;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.coplms.proxy.metric.PairedBootstrap;
import org.coplms.proxy.metric.PairedBootstrap.Comparison;
import org.coplms.proxy.metric.PairedBootstrap.Stratum;

/**
 * Intervals and p values. Questions are redrawn within their seed, device and domain; a stratum's
 * share makes the statistic the mean over devices, then seeds: 1/seeds · 1/devices of the seed ·
 * the domain's part of the device's questions.
 */
final class Judge {
  static final int RESAMPLES = 10_000;
  static final double CONFIDENCE = 0.95;
  private static final long SEED = 20_511;

  private final PairedBootstrap bootstrap = new PairedBootstrap(RESAMPLES, CONFIDENCE, SEED);

  private record Place(long seed, int device, String domain) {}

  private record Home(long seed, int device) {}

  /** Scores of two methods on the questions that both answered. */
  private static final class Paired {
    final List<Double> scores = new ArrayList<>();
    final List<Double> baselines = new ArrayList<>();
  }

  /**
   * A method's gain over another.
   *
   * @param seeds that both have
   * @param examples pairs of answers
   */
  record Verdict(Comparison comparison, int seeds, long examples) {}

  /** A method's own mean with its interval: the gain over zero. */
  Comparison alone(MethodScores scores, Metric metric) {
    SortedMap<Place, Paired> places = places();
    scores
        .answers()
        .forEach((question, answer) -> add(places, question, answer, metric.of(answer), 0));
    return bootstrap.compareStrata(strata(places));
  }

  /** Of the questions that both answered; empty if there is none. */
  Optional<Verdict> versus(MethodScores method, MethodScores baseline, Metric metric) {
    SortedMap<Place, Paired> places = places();
    Set<Long> seeds = new HashSet<>();
    long examples = 0;
    for (Map.Entry<Question, Answer> own : method.answers().entrySet()) {
      Answer other = baseline.answers().get(own.getKey());
      if (other != null) {
        add(places, own.getKey(), other, metric.of(own.getValue()), metric.of(other));
        seeds.add(own.getKey().seed());
        examples++;
      }
    }
    return places.isEmpty()
        ? Optional.empty()
        : Optional.of(new Verdict(bootstrap.compareStrata(strata(places)), seeds.size(), examples));
  }

  private static SortedMap<Place, Paired> places() {
    return new TreeMap<>(
        Comparator.comparingLong(Place::seed)
            .thenComparingInt(Place::device)
            .thenComparing(Place::domain));
  }

  private static void add(
      SortedMap<Place, Paired> places, Question at, Answer answer, double score, double baseline) {
    Place place = new Place(at.seed(), at.device(), answer.domain());
    Paired pairs = places.computeIfAbsent(place, p -> new Paired());
    pairs.scores.add(score);
    pairs.baselines.add(baseline);
  }

  private static List<Stratum> strata(SortedMap<Place, Paired> places) {
    Map<Home, Integer> questions = new HashMap<>();
    places.forEach(
        (place, pairs) ->
            questions.merge(
                new Home(place.seed(), place.device()), pairs.scores.size(), Integer::sum));
    Map<Long, Integer> devices = new HashMap<>();
    questions.keySet().forEach(home -> devices.merge(home.seed(), 1, Integer::sum));
    List<Stratum> strata = new ArrayList<>();
    places.forEach(
        (place, pairs) -> {
          double ofDevice =
              pairs.scores.size() / (double) questions.get(new Home(place.seed(), place.device()));
          double share = ofDevice / devices.get(place.seed()) / devices.size();
          strata.add(new Stratum(share, pairs.scores, pairs.baselines));
        });
    return strata;
  }
}
