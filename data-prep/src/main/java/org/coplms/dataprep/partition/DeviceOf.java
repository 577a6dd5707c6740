package org.coplms.dataprep.partition;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.api.java.UDF2;
import org.coplms.dataprep.PreparationException;

/** A row's device, on executors. */
final class DeviceOf {
  private DeviceOf() {}

  /** (domain, rank within it) → device. */
  static final class Rank implements UDF2<String, Long, Integer> {
    private static final long serialVersionUID = 1L;

    private final HashMap<String, long[]> ends = new HashMap<>();

    Rank(Map<String, long[]> sizes) {
      sizes.forEach(
          (domain, perDevice) -> {
            long[] cumulated = perDevice.clone();
            Arrays.parallelPrefix(cumulated, Long::sum);
            ends.put(domain, cumulated);
          });
    }

    @Override
    public Integer call(String domain, Long rank) {
      long[] ofDomain = ends.get(domain);
      int device = Arrays.binarySearch(ofDomain, rank + 1);
      if (device < 0) {
        return -device - 1;
      }
      // Devices without a row of the domain end where the one before them ends.
      while (device > 0 && ofDomain[device - 1] == rank + 1) {
        device--;
      }
      return device;
    }
  }

  /** The column's value → device. */
  static final class Value implements UDF1<String, Integer> {
    private static final long serialVersionUID = 1L;

    private final String column;
    private final HashMap<String, Integer> devices = new HashMap<>();

    Value(String column, List<String> values) {
      this.column = column;
      values.forEach(value -> devices.put(value, devices.size()));
    }

    @Override
    public Integer call(String value) {
      Integer device = devices.get(value);
      if (device == null) {
        throw new PreparationException(
            ("Column '%s' has the value '%s', which no device has: the partition was fitted on %d"
                    + " others; fit it again")
                .formatted(column, value, devices.size()));
      }
      return device;
    }
  }
}
