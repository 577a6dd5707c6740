package org.coplms.jobs.comparison;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import java.util.function.Function;
import org.coplms.proxy.metric.Scores;

/**
 * A method's answers on the devices, over all its seeds. Means are taken over the questions of a
 * device, then over devices, then over seeds, each counted alike.
 */
final class MethodScores {
  private final SortedMap<Question, Answer> answers;

  MethodScores(SortedMap<Question, Answer> answers) {
    this.answers = Collections.unmodifiableSortedMap(new TreeMap<>(answers));
  }

  SortedMap<Question, Answer> answers() {
    return answers;
  }

  boolean isEmpty() {
    return answers.isEmpty();
  }

  SortedSet<Long> seeds() {
    SortedSet<Long> seeds = new TreeSet<>();
    answers.keySet().forEach(question -> seeds.add(question.seed()));
    return seeds;
  }

  MethodScores where(BiPredicate<Question, Answer> wanted) {
    SortedMap<Question, Answer> kept = new TreeMap<>();
    answers.forEach(
        (question, answer) -> {
          if (wanted.test(question, answer)) {
            kept.put(question, answer);
          }
        });
    return new MethodScores(kept);
  }

  /** Mean over devices, then seeds. */
  Scores macro() {
    return Scores.macro(bySeed().values());
  }

  /** Mean over the questions of all devices of a seed, then over seeds. */
  Scores micro() {
    return Scores.macro(grouped(answers.entrySet(), e -> e.getKey().seed()).values());
  }

  /** Mean over devices, by seed. */
  SortedMap<Long, Scores> bySeed() {
    SortedMap<Long, Scores> means = new TreeMap<>();
    perSeed((seed, own) -> means.put(seed, Scores.macro(byDeviceOf(own).values())));
    return means;
  }

  /** Mean over seeds, by device. */
  SortedMap<Integer, Scores> byDevice() {
    return overSeeds(MethodScores::byDeviceOf);
  }

  /** Mean over the questions of all devices of a seed, then over seeds, by domain. */
  SortedMap<String, Scores> byDomain() {
    return overSeeds(own -> grouped(own, e -> e.getValue().domain()));
  }

  private interface SeedVisitor {
    void visit(long seed, List<Map.Entry<Question, Answer>> answers);
  }

  private void perSeed(SeedVisitor visitor) {
    answers.entrySet().stream()
        .collect(groupingBy(e -> e.getKey().seed(), TreeMap::new, toList()))
        .forEach(visitor::visit);
  }

  private <K extends Comparable<K>> SortedMap<K, Scores> overSeeds(
      Function<List<Map.Entry<Question, Answer>>, SortedMap<K, Scores>> ofSeed) {
    SortedMap<K, List<Scores>> collected = new TreeMap<>();
    perSeed(
        (seed, own) ->
            ofSeed
                .apply(own)
                .forEach(
                    (key, scores) ->
                        collected.computeIfAbsent(key, k -> new ArrayList<>()).add(scores)));
    SortedMap<K, Scores> means = new TreeMap<>();
    collected.forEach((key, scores) -> means.put(key, Scores.macro(scores)));
    return means;
  }

  private static SortedMap<Integer, Scores> byDeviceOf(List<Map.Entry<Question, Answer>> own) {
    return grouped(own, e -> e.getKey().device());
  }

  private static <K extends Comparable<K>> SortedMap<K, Scores> grouped(
      Collection<Map.Entry<Question, Answer>> entries,
      Function<Map.Entry<Question, Answer>, K> key) {
    SortedMap<K, List<Map.Entry<Question, Answer>>> groups =
        entries.stream().collect(groupingBy(key, TreeMap::new, toList()));
    SortedMap<K, Scores> means = new TreeMap<>();
    groups.forEach((k, own) -> means.put(k, mean(own)));
    return means;
  }

  private static Scores mean(List<Map.Entry<Question, Answer>> own) {
    return new Scores(
        own.stream().mapToDouble(e -> e.getValue().rougeL()).average().orElse(0),
        own.stream().mapToDouble(e -> e.getValue().exactMatch()).average().orElse(0),
        own.size());
  }
}
