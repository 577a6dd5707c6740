package org.coplms.dataprep.domains;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.clustering.KMeansModel;
import org.apache.spark.ml.linalg.SparseVector;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.util.Identifiable;
import org.apache.spark.mllib.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/** {@link UnitKMeans} of the sample for every number of clusters, in one task. */
final class KMeansRange {
  /** Small clusters for each one of the most that are asked for. */
  private static final int FINE_PER_CLUSTER = 6;

  private static final int LEAST_FINE = 48;

  private KMeansRange() {}

  /** Spark's model for each number of clusters that there are different vectors for. */
  static SortedMap<Integer, Transformer> fit(Dataset<Row> vectors, int least, int most, long seed) {
    SortedMap<Integer, Transformer> models = new TreeMap<>();
    vectors
        .select(TextColumns.FEATURES)
        .javaRDD()
        .coalesce(1)
        .mapPartitions(new FitFn(least, most, seed))
        .collect()
        .forEach(row -> models.put(row.getInt(0), model((double[][]) row.get(1))));
    return models;
  }

  private static KMeansModel model(double[][] centers) {
    KMeansModel model =
        new KMeansModel(
            Identifiable.randomUID("kmeans"),
            new org.apache.spark.mllib.clustering.KMeansModel(
                Stream.of(centers)
                    .map(Vectors::dense)
                    .toArray(org.apache.spark.mllib.linalg.Vector[]::new)));
    return model.setFeaturesCol(TextColumns.FEATURES).setPredictionCol(TextColumns.CLUSTER);
  }

  /** Vectors → (clusters, centers) for each number of clusters. */
  private static final class FitFn implements FlatMapFunction<Iterator<Row>, Row> {
    private static final long serialVersionUID = 1L;

    private final int least;
    private final int most;
    private final long seed;

    FitFn(int least, int most, long seed) {
      this.least = least;
      this.most = most;
      this.seed = seed;
    }

    @Override
    public Iterator<Row> call(Iterator<Row> rows) {
      List<SparseVector> points = new ArrayList<>();
      rows.forEachRemaining(row -> points.add(row.<Vector>getAs(0).toSparse()));
      List<Row> fitted = new ArrayList<>();
      if (points.isEmpty()) {
        return fitted.iterator();
      }
      UnitKMeans kmeans = new UnitKMeans(points);
      List<UnitKMeans.Cluster> clusters =
          kmeans.fine(Math.max(LEAST_FINE, FINE_PER_CLUSTER * most), new SplittableRandom(seed));
      while (clusters.size() >= least) {
        if (clusters.size() <= most) {
          fitted.add(RowFactory.create(clusters.size(), kmeans.refine(clusters)));
        }
        clusters = clusters.size() > 1 ? UnitKMeans.merged(clusters) : List.of();
      }
      return fitted.iterator();
    }
  }
}
