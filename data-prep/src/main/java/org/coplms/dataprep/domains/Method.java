package org.coplms.dataprep.domains;

import java.util.Arrays;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.clustering.LDA;
import org.apache.spark.ml.clustering.LDAModel;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.coplms.dataprep.KeyedSeed;

/** How texts are grouped. */
enum Method {
  /**
   * k-means on unit vectors of tf-idf: their squared distance is twice the cosine distance, so its
   * silhouette is that of the cosine.
   */
  KMEANS {
    @Override
    SortedMap<Integer, Transformer> fit(
        Dataset<Row> vectors, long rows, int least, int most, long seed) {
      return KMeansRange.fit(vectors, least, most, seed);
    }
  },

  /** Online variational LDA on term counts (Hoffman et al. 2010); a text's most probable topic. */
  LDA {
    @Override
    SortedMap<Integer, Transformer> fit(
        Dataset<Row> vectors, long rows, int least, int most, long seed) {
      SortedMap<Integer, Transformer> models = new TreeMap<>();
      for (int topics = least; topics <= most && topics <= rows; topics++) {
        models.put(topics, bestLda(vectors, rows, topics, seed));
      }
      return models;
    }
  };

  private static final int ITERATIONS = 40;

  /** LDA ends in an optimum near its start: two topics that share one, and one that is empty. */
  private static final int STARTS = 3;

  /** Steps of about 0.3 at first: Spark's 1,024 is for millions of texts. */
  private static final double LEARNING_OFFSET = 10;

  /** Texts of an online step, at least; all where there are fewer. */
  private static final double BATCH = 1_000;

  /**
   * A model for each number of domains that makes sense. It adds {@link TextColumns#CLUSTER}, or
   * {@link TextColumns#TOPICS} of which the cluster is the largest.
   *
   * @param vectors in one partition
   */
  abstract SortedMap<Integer, Transformer> fit(
      Dataset<Row> vectors, long rows, int least, int most, long seed);

  /** Of several starts the one of the highest bound on the likelihood. */
  private static LDAModel bestLda(Dataset<Row> vectors, long rows, int topics, long seed) {
    LDAModel best = null;
    double highest = Double.NEGATIVE_INFINITY;
    for (int start = 0; start < STARTS; start++) {
      LDAModel model =
          new LDA()
              .setFeaturesCol(TextColumns.COUNTS)
              .setTopicDistributionCol(TextColumns.TOPICS)
              .setOptimizer("online")
              .setK(topics)
              .setMaxIter(ITERATIONS)
              .setLearningOffset(LEARNING_OFFSET)
              .setSubsamplingRate(Math.min(1, Math.max(0.05, BATCH / rows)))
              .setSeed(KeyedSeed.of(seed, "lda", start))
              .fit(vectors);
      double bound = model.logLikelihood(vectors);
      if (best == null || bound > highest) {
        best = model;
        highest = bound;
      }
    }
    return best;
  }

  static Method named(String name) {
    return Arrays.stream(values())
        .filter(method -> method.toString().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "method must be one of %s, got '%s'".formatted(Arrays.asList(values()), name)));
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
