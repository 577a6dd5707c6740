package org.coplms.proxy.cotune;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Means of what was observed in a round, by stage and name. */
public final class Metrics {
  /** The server, where a device id is asked for. */
  public static final int SERVER = -1;

  /** One figure of a round; {@code device} is {@link #SERVER} for the server. */
  public record Row(int round, int device, String stage, String name, double value)
      implements Serializable {}

  private record Key(String stage, String name) implements Comparable<Key> {
    @Override
    public int compareTo(Key other) {
      int order = stage.compareTo(other.stage);
      return order != 0 ? order : name.compareTo(other.name);
    }
  }

  private final Map<Key, double[]> sums = new TreeMap<>();

  /** Adds an observation; the row shows the mean of all of them. */
  public void observe(String stage, String name, double value) {
    double[] sum = sums.computeIfAbsent(new Key(stage, name), k -> new double[2]);
    sum[0] += value;
    sum[1] += 1;
  }

  /** The means, by stage and name. */
  public List<Row> rows(int round, int device) {
    List<Row> rows = new ArrayList<>();
    sums.forEach(
        (key, sum) -> rows.add(new Row(round, device, key.stage, key.name, sum[0] / sum[1])));
    return rows;
  }
}
