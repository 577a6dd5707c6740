package org.coplms.dataprep.domains;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import org.apache.spark.ml.linalg.SparseVector;

/**
 * k-means on sparse unit vectors in one thread. Random starts end in poor optima where, as in
 * texts, all points are about equally far apart. So it starts as Buckshot does (Cutting et al.
 * 1992): many small clusters first, then the two whose union adds least to the squared distances
 * are merged (Ward 1963) until as many are left as asked for; Lloyd's steps follow.
 */
final class UnitKMeans {
  private static final int FINE_STEPS = 8;
  private static final int MOST_STEPS = 50;

  private final List<SparseVector> points;
  private final int terms;
  private final int[] assigned;

  UnitKMeans(List<SparseVector> points) {
    this.points = points;
    terms = points.get(0).size();
    assigned = new int[points.size()];
  }

  /** The small clusters to merge; fewer than asked for where fewer points differ. */
  List<Cluster> fine(int most, SplittableRandom random) {
    double[][] centers = spread(most, random);
    for (int step = 0; step < FINE_STEPS && assign(centers); step++) {
      centers = means(centers);
    }
    long[] sizes = sizes(centers.length);
    List<Cluster> clusters = new ArrayList<>();
    for (int i = 0; i < centers.length; i++) {
      if (sizes[i] > 0) {
        clusters.add(new Cluster(centers[i], sizes[i]));
      }
    }
    return clusters;
  }

  /** Lloyd's steps until no point changes its cluster. */
  double[][] refine(List<Cluster> clusters) {
    double[][] centers = clusters.stream().map(Cluster::center).toArray(double[][]::new);
    Arrays.fill(assigned, -1);
    for (int step = 0; step < MOST_STEPS && assign(centers); step++) {
      centers = means(centers);
    }
    return centers;
  }

  /** One merge: the clusters with the pair at the least distance of Ward made one. */
  static List<Cluster> merged(List<Cluster> clusters) {
    int first = 0;
    int second = 1;
    double least = Double.POSITIVE_INFINITY;
    for (int i = 0; i < clusters.size(); i++) {
      for (int j = i + 1; j < clusters.size(); j++) {
        double distance = clusters.get(i).ward(clusters.get(j));
        if (distance < least) {
          least = distance;
          first = i;
          second = j;
        }
      }
    }
    List<Cluster> rest = new ArrayList<>(clusters);
    rest.set(first, clusters.get(first).with(clusters.get(second)));
    rest.remove(second);
    return rest;
  }

  /** Points drawn by their squared distance to those drawn before (Arthur, Vassilvitskii 2007). */
  private double[][] spread(int most, SplittableRandom random) {
    double[] distances = new double[points.size()];
    Arrays.fill(distances, 1);
    List<double[]> centers = new ArrayList<>();
    while (centers.size() < most) {
      double left = random.nextDouble() * DoubleStream.of(distances).sum();
      int next = -1;
      for (int i = 0; i < distances.length && left >= 0; i++) {
        if (distances[i] > 0) {
          next = i;
          left -= distances[i];
        }
      }
      if (next < 0) {
        break;
      }
      double[] center = points.get(next).toArray();
      centers.add(center);
      for (int i = 0; i < distances.length; i++) {
        // Of unit vectors; what rounding leaves of an equal point is none.
        double distance = 2 - 2 * dot(points.get(i), center);
        distances[i] = Math.min(distances[i], distance < 1e-9 ? 0 : distance);
      }
    }
    return centers.toArray(double[][]::new);
  }

  /** Each point to its nearest center, of equals the first; whether any changed. */
  private boolean assign(double[][] centers) {
    double[] halfSquares = new double[centers.length];
    double[][] byTerm = new double[terms][centers.length];
    for (int c = 0; c < centers.length; c++) {
      for (int term = 0; term < terms; term++) {
        byTerm[term][c] = centers[c][term];
        halfSquares[c] += centers[c][term] * centers[c][term] / 2;
      }
    }
    boolean changed = false;
    double[] scores = new double[centers.length];
    for (int i = 0; i < assigned.length; i++) {
      for (int c = 0; c < scores.length; c++) {
        scores[c] = -halfSquares[c];
      }
      SparseVector point = points.get(i);
      for (int j = 0; j < point.indices().length; j++) {
        double[] weights = byTerm[point.indices()[j]];
        for (int c = 0; c < scores.length; c++) {
          scores[c] += point.values()[j] * weights[c];
        }
      }
      int nearest = largest(scores);
      changed |= nearest != assigned[i];
      assigned[i] = nearest;
    }
    return changed;
  }

  private static int largest(double[] scores) {
    int largest = 0;
    for (int i = 1; i < scores.length; i++) {
      largest = scores[i] > scores[largest] ? i : largest;
    }
    return largest;
  }

  /** Means of the points assigned; a center without a point stays. */
  private double[][] means(double[][] centers) {
    double[][] means = new double[centers.length][terms];
    for (int i = 0; i < assigned.length; i++) {
      SparseVector point = points.get(i);
      for (int j = 0; j < point.indices().length; j++) {
        means[assigned[i]][point.indices()[j]] += point.values()[j];
      }
    }
    long[] sizes = sizes(centers.length);
    for (int c = 0; c < means.length; c++) {
      double size = sizes[c];
      means[c] = size > 0 ? DoubleStream.of(means[c]).map(x -> x / size).toArray() : centers[c];
    }
    return means;
  }

  private long[] sizes(int clusters) {
    long[] sizes = new long[clusters];
    for (int cluster : assigned) {
      sizes[cluster]++;
    }
    return sizes;
  }

  private static double dot(SparseVector point, double[] dense) {
    double product = 0;
    for (int i = 0; i < point.indices().length; i++) {
      product += point.values()[i] * dense[point.indices()[i]];
    }
    return product;
  }

  /** A mean and how many points it is of. */
  static final class Cluster {
    private final double[] center;
    private final long size;

    Cluster(double[] center, long size) {
      this.center = center;
      this.size = size;
    }

    double[] center() {
      return center;
    }

    /** What the union adds to the sum of squared distances: {@code n·m/(n + m)·|a − b|²}. */
    private double ward(Cluster other) {
      double square = 0;
      for (int i = 0; i < center.length; i++) {
        double difference = center[i] - other.center[i];
        square += difference * difference;
      }
      return (double) size * other.size / (size + other.size) * square;
    }

    private Cluster with(Cluster other) {
      double[] mean = new double[center.length];
      double all = size + other.size;
      Arrays.setAll(mean, i -> (center[i] * size + other.center[i] * other.size) / all);
      return new Cluster(mean, size + other.size);
    }
  }
}
