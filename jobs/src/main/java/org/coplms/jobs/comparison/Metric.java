package org.coplms.jobs.comparison;

import org.coplms.proxy.metric.Scores;

/** What is compared; each metric has its own family of comparisons. */
enum Metric {
  ROUGE_L("rougeL", "Rouge-L", "rouge-l"),
  EXACT_MATCH("exactMatch", "Exact match", "exact-match");

  private final String key;
  private final String title;
  private final String roundMetric;

  Metric(String key, String title, String roundMetric) {
    this.key = key;
    this.title = title;
    this.roundMetric = roundMetric;
  }

  /** In JSON. */
  String key() {
    return key;
  }

  /** For people. */
  String title() {
    return title;
  }

  /** In the metrics of a round. */
  String roundMetric() {
    return roundMetric;
  }

  double of(Answer answer) {
    return this == ROUGE_L ? answer.rougeL() : answer.exactMatch();
  }

  double of(Scores scores) {
    return this == ROUGE_L ? scores.rougeL() : scores.exactMatch();
  }
}
