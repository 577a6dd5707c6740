package org.coplms.dataprep.domains;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.evaluation.ClusteringEvaluator;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.stat.Summarizer;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;
import org.coplms.dataprep.PreparationException;

/**
 * Tries every number of domains and keeps the one of the highest silhouette, of equals the
 * smallest. A number that leaves a domain empty is passed over.
 *
 * @param termsInName of a domain
 */
record DomainSearch(Method method, int minDomains, int maxDomains, int termsInName, long seed) {
  private static final int TERMS_SHOWN = 10;

  DomainSearch {
    if (minDomains > maxDomains) {
      throw new IllegalArgumentException(
          "minDomains must not exceed maxDomains %d, got %d".formatted(maxDomains, minDomains));
    }
  }

  /** The whole pipeline from text to cluster, and what it found. */
  record Found(PipelineModel pipeline, DomainSummary summary) {}

  /** A grouping of the sample; the rows of each cluster are positive. */
  private record Candidate(Transformer model, List<Long> sizes, double silhouette) {}

  /**
   * @param texts the sample, persisted and in one partition
   * @throws PreparationException when no number of domains fits the sample
   */
  Found search(Dataset<Row> texts, TextVectors text) {
    List<Transformer> stages = text.fit(texts);
    Dataset<Row> vectors =
        TextVectors.applied(stages, texts)
            .select(TextColumns.COUNTS, TextColumns.FEATURES)
            .filter(TextColumns.hasTerms())
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      long rows = vectors.count();
      SortedMap<Integer, Double> silhouettes = new TreeMap<>();
      Candidate best = null;
      for (int domains = minDomains; domains <= maxDomains && domains <= rows; domains++) {
        Transformer model = method.fit(vectors, rows, domains, seed);
        List<Long> sizes = sizes(grouped(model, vectors), domains);
        if (sizes.contains(0L)) {
          continue;
        }
        Candidate candidate = new Candidate(model, sizes, silhouette(grouped(model, vectors)));
        silhouettes.put(domains, candidate.silhouette());
        if (best == null || candidate.silhouette() > best.silhouette()) {
          best = candidate;
        }
      }
      if (best == null) {
        throw nothingFits(vectors, rows);
      }
      DomainSummary summary =
          new DomainSummary(domains(best, vectors, TextVectors.terms(stages)), silhouettes);
      stages.add(best.model());
      return new Found(pipeline(stages, texts), summary);
    } finally {
      vectors.unpersist();
    }
  }

  private static Dataset<Row> grouped(Transformer model, Dataset<Row> vectors) {
    return TextColumns.withCluster(model.transform(vectors));
  }

  private static List<Long> sizes(Dataset<Row> grouped, int domains) {
    Long[] sizes = new Long[domains];
    Arrays.fill(sizes, 0L);
    grouped
        .groupBy(TextColumns.CLUSTER)
        .agg(count(lit(1)))
        .collectAsList()
        .forEach(row -> sizes[row.getInt(0)] = row.getLong(1));
    return List.of(sizes);
  }

  private static double silhouette(Dataset<Row> grouped) {
    return new ClusteringEvaluator()
        .setFeaturesCol(TextColumns.FEATURES)
        .setPredictionCol(TextColumns.CLUSTER)
        .setMetricName("silhouette")
        .setDistanceMeasure("squaredEuclidean")
        .evaluate(grouped);
  }

  private PreparationException nothingFits(Dataset<Row> vectors, long rows) {
    long different = vectors.select(TextColumns.FEATURES).distinct().count();
    return new PreparationException(
        ("No number of domains from %d to %d fits: of %d texts of the sample with known terms %d"
                + " differ, and each number leaves a domain empty; lower minDomains, add data, or"
                + " give the domains yourself")
            .formatted(minDomains, maxDomains, rows, different));
  }

  private List<Domain> domains(Candidate best, Dataset<Row> vectors, String[] terms) {
    double[][] weights = new double[best.sizes().size()][];
    grouped(best.model(), vectors)
        .groupBy(TextColumns.CLUSTER)
        .agg(Summarizer.mean(col(TextColumns.FEATURES)))
        .collectAsList()
        .forEach(row -> weights[row.getInt(0)] = row.<Vector>getAs(1).toArray());
    List<List<String>> characteristic =
        DomainNames.terms(weights, terms, Math.max(TERMS_SHOWN, termsInName));
    List<String> names = DomainNames.names(characteristic, termsInName, DomainModel.OTHER);
    List<Domain> domains = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      domains.add(new Domain(names.get(i), characteristic.get(i), best.sizes().get(i)));
    }
    return domains;
  }

  /** Nothing is left to fit. */
  private static PipelineModel pipeline(List<Transformer> stages, Dataset<Row> texts) {
    return new Pipeline().setStages(stages.toArray(PipelineStage[]::new)).fit(texts);
  }
}
