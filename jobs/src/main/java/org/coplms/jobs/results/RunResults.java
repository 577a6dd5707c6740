package org.coplms.jobs.results;

import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import org.coplms.dataprep.DataStatistics;
import org.coplms.dataprep.Prepared;
import org.coplms.dataprep.Splits;
import org.coplms.jobs.pipeline.RunContext;
import org.coplms.jobs.store.Direction;
import org.coplms.jobs.store.Ledger;
import org.coplms.proxy.metric.Scores;

/** Scores and costs of a finished run. */
public final class RunResults {
  private final RunContext context;
  private final PredictionScores scores;
  private final DataStatistics statistics;

  private RunResults(RunContext context, PredictionScores scores, DataStatistics statistics) {
    this.context = context;
    this.scores = scores;
    this.statistics = statistics;
  }

  /** Reads predictions and statistics from the run's folder. */
  public static RunResults of(RunContext context) {
    return new RunResults(
        context,
        PredictionScores.read(context.spark(), context.store().predictionsPath()),
        Prepared.statistics(context.store().dataPath()));
  }

  public DataStatistics statistics() {
    return statistics;
  }

  /** Domains that no pretraining and no public data contains. */
  public SortedSet<String> deviceOnlyDomains() {
    return deviceOnlyDomains(statistics);
  }

  /** Domains that no pretraining and no public data contains. */
  public static SortedSet<String> deviceOnlyDomains(DataStatistics statistics) {
    SortedSet<String> domains = new TreeSet<>(statistics.domains());
    domains.removeIf(
        domain ->
            statistics.rows(-1, Splits.PRETRAIN, domain) > 0
                || statistics.rows(-1, Splits.PUBLIC, domain) > 0);
    return domains;
  }

  /** An SLM's means, by device. */
  public SortedMap<Integer, Scores> byDevice(String model) {
    return scores.byDevice(model);
  }

  /** Mean over devices. */
  public Optional<Scores> macro(String model) {
    return scores.macro(model);
  }

  /** A server model on all of the server's test. */
  public Optional<Scores> all(String model) {
    return scores.inDomains(model, domain -> true);
  }

  /** A server model on the domains that only devices hold. */
  public Optional<Scores> deviceOnly(String model) {
    Set<String> domains = deviceOnlyDomains();
    return scores.inDomains(model, domains::contains);
  }

  /** A server model on the domains that it was pretrained on. */
  public Optional<Scores> known(String model) {
    Set<String> domains = deviceOnlyDomains();
    return scores.inDomains(model, domain -> !domains.contains(domain));
  }

  /** Bytes that went one way over all rounds. */
  public long bytes(Direction direction) {
    return new Ledger(context.store()).bytes(direction);
  }
}
