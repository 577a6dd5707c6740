package org.coplms.jobs.store;

/** Names inside a run folder. */
final class RunLayout {
  static final String RUN_JSON = "run.json";
  static final String METRICS_JSON = "metrics.json";
  static final String LEDGER = "ledger.parquet";
  static final String DATA = "data";
  static final String LOGITS = "logits";
  static final String MODELS = "models";
  static final String PREDICTIONS = "predictions";
  static final String REPORT = "report";
  static final String STAGES = "stages";
  static final String LOGS = "logs";
  static final String ROUNDS = "rounds";
  static final String COMMITTED = "_COMMITTED";
  static final String ROUND_LEDGER = "ledger.jsonl";

  private RunLayout() {}

  /** Four digits at least, so that names sort as rounds do. */
  static String round(int round) {
    if (round < 0) {
      throw new IllegalArgumentException("A round must not be negative, got " + round);
    }
    return "%s/%04d".formatted(ROUNDS, round);
  }

  static String stage(String stage) {
    return STAGES + "/" + stage + ".json";
  }
}
