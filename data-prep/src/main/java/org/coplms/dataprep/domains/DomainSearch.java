package org.coplms.dataprep.domains;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.Transformer;
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
      Grouping best = null;
      Transformer model = null;
      for (Map.Entry<Integer, Transformer> tried :
          method.fit(vectors, rows, minDomains, maxDomains, seed).entrySet()) {
        Grouping grouping =
            Grouping.of(
                TextColumns.withCluster(tried.getValue().transform(vectors)), tried.getKey());
        if (grouping.leavesNoneEmpty()) {
          silhouettes.put(tried.getKey(), grouping.silhouette());
          if (best == null || grouping.silhouette() > best.silhouette()) {
            best = grouping;
            model = tried.getValue();
          }
        }
      }
      if (best == null) {
        throw nothingFits(vectors, rows);
      }
      List<Domain> found = domains(best, TextVectors.terms(stages));
      stages.add(model);
      return new Found(pipeline(stages, texts), new DomainSummary(found, silhouettes));
    } finally {
      vectors.unpersist();
    }
  }

  private PreparationException nothingFits(Dataset<Row> vectors, long rows) {
    long different = vectors.select(TextColumns.FEATURES).distinct().count();
    return new PreparationException(
        ("No number of domains from %d to %d fits: of %d texts of the sample that hold a term that"
                + " not all share %d differ, and each number leaves a domain empty; lower"
                + " minDomains, add data, or give the domains yourself")
            .formatted(minDomains, maxDomains, rows, different));
  }

  private List<Domain> domains(Grouping best, String[] terms) {
    List<List<String>> characteristic =
        DomainNames.terms(
            best.means().toArray(double[][]::new), terms, Math.max(TERMS_SHOWN, termsInName));
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
