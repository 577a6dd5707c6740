package org.coplms.dataprep.domains;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.ml.linalg.SparseVector;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/**
 * What a grouping of the sample amounts to.
 *
 * @param sizes texts of each cluster
 * @param means (clusters, terms) of the texts' features
 * @param silhouette mean over the texts, by squared Euclidean distance; defined where no cluster is
 *     empty
 */
record Grouping(List<Long> sizes, List<double[]> means, double silhouette) {
  /**
   * One job and one task, for the order of its sums; it holds the sample in memory.
   *
   * @param grouped with {@link TextColumns#FEATURES} and {@link TextColumns#CLUSTER}
   */
  static Grouping of(Dataset<Row> grouped, int clusters) {
    Row row =
        grouped
            .select(TextColumns.FEATURES, TextColumns.CLUSTER)
            .javaRDD()
            .coalesce(1)
            .mapPartitions(new MeasureFn(clusters))
            .first();
    return new Grouping(
        LongStream.of((long[]) row.get(0)).boxed().toList(),
        List.of((double[][]) row.get(1)),
        row.getDouble(2));
  }

  boolean leavesNoneEmpty() {
    return !sizes.contains(0L);
  }

  /** Rows of (features, cluster) → one row with the parts of a grouping. */
  private static final class MeasureFn implements FlatMapFunction<Iterator<Row>, Row> {
    private static final long serialVersionUID = 1L;

    private final int clusters;

    MeasureFn(int clusters) {
      this.clusters = clusters;
    }

    @Override
    public Iterator<Row> call(Iterator<Row> rows) {
      Sums sums = new Sums(clusters);
      rows.forEachRemaining(row -> sums.add(row.<Vector>getAs(0).toSparse(), row.getInt(1)));
      double silhouette = sums.silhouette();
      return List.of(RowFactory.create(sums.sizes, sums.means(), silhouette)).iterator();
    }
  }

  /**
   * The mean squared distance of x to a cluster of n points y is {@code |x|² + Σ|y|²/n − 2 x·Σy/n}:
   * no pair of points is looked at.
   */
  private static final class Sums {
    private final long[] sizes;
    private final double[][] sums;
    private final double[] squares;
    private final List<SparseVector> points = new ArrayList<>();
    private final List<Integer> clusters = new ArrayList<>();

    Sums(int clusters) {
      sizes = new long[clusters];
      sums = new double[clusters][];
      squares = new double[clusters];
    }

    void add(SparseVector point, int cluster) {
      for (int i = 0; i < sums.length && sums[i] == null; i++) {
        sums[i] = new double[point.size()];
      }
      sizes[cluster]++;
      squares[cluster] += square(point);
      for (int i = 0; i < point.indices().length; i++) {
        sums[cluster][point.indices()[i]] += point.values()[i];
      }
      points.add(point);
      clusters.add(cluster);
    }

    double[][] means() {
      double[][] means = new double[sizes.length][];
      for (int cluster = 0; cluster < sizes.length; cluster++) {
        double size = Math.max(1, sizes[cluster]);
        means[cluster] = DoubleStream.of(sums[cluster]).map(sum -> sum / size).toArray();
      }
      return means;
    }

    double silhouette() {
      double sum = 0;
      for (int i = 0; i < points.size(); i++) {
        sum += silhouette(points.get(i), clusters.get(i));
      }
      return sum / points.size();
    }

    /** {@code (b − a) / max(a, b)}; 0 for the only point of its cluster (Rousseeuw 1987). */
    private double silhouette(SparseVector point, int own) {
      if (sizes[own] == 1) {
        return 0;
      }
      double within = distance(point, own) * sizes[own] / (sizes[own] - 1);
      double next = Double.POSITIVE_INFINITY;
      for (int other = 0; other < sizes.length; other++) {
        if (other != own) {
          next = Math.min(next, distance(point, other));
        }
      }
      double larger = Math.max(within, next);
      return larger == 0 ? 0 : (next - within) / larger;
    }

    /** Mean over the cluster; rounding may take it below 0. */
    private double distance(SparseVector point, int cluster) {
      double product = 0;
      for (int i = 0; i < point.indices().length; i++) {
        product += point.values()[i] * sums[cluster][point.indices()[i]];
      }
      double size = sizes[cluster];
      return Math.max(0, square(point) + squares[cluster] / size - 2 * product / size);
    }

    private static double square(SparseVector point) {
      return DoubleStream.of(point.values()).map(value -> value * value).sum();
    }
  }
}
