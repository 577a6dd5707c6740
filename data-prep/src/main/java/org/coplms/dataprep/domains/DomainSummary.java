package org.coplms.dataprep.domains;

import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What was found, and what else was tried.
 *
 * @param domains in the order of their clusters
 * @param silhouettes of each number of domains that was tried and left none empty: the mean over
 *     the sample of {@code (b − a) / max(a, b)}, a and b being a text's mean distance to its own
 *     and to the next domain (Rousseeuw 1987)
 */
public record DomainSummary(List<Domain> domains, SortedMap<Integer, Double> silhouettes) {
  public DomainSummary {
    domains = List.copyOf(domains);
    silhouettes = Collections.unmodifiableSortedMap(new TreeMap<>(silhouettes));
  }

  /** The number of domains that was chosen: that of the highest silhouette. */
  public int chosen() {
    return domains.size();
  }

  public double silhouette() {
    return silhouettes.get(chosen());
  }

  /** Choice, scores and domains, a line for each. */
  public String text() {
    String tried =
        silhouettes.entrySet().stream().map(DomainSummary::score).collect(Collectors.joining(", "));
    String found =
        domains.stream()
            .map(
                domain ->
                    "\n  %s: %d texts of the sample; %s"
                        .formatted(
                            domain.name(), domain.sampled(), String.join(", ", domain.terms())))
            .collect(Collectors.joining());
    return "%d domains; silhouette by number of domains: %s%s".formatted(chosen(), tried, found);
  }

  private static String score(Map.Entry<Integer, Double> one) {
    return String.format(Locale.ROOT, "%d %.3f", one.getKey(), one.getValue());
  }
}
