package org.coplms.dataprep.partition;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** A saved {@link EdgePartition}: Spark's own metadata, and its shares in two small tables. */
final class EdgePartitionFiles {
  private static final StructType SIZES =
      new StructType()
          .add("domain", DataTypes.StringType, false)
          .add("sizes", DataTypes.createArrayType(DataTypes.LongType, false), false);
  private static final StructType VALUES =
      new StructType()
          .add("device", DataTypes.IntegerType, false)
          .add("value", DataTypes.StringType, false);

  private EdgePartitionFiles() {}

  private static String sizes(String path) {
    return path + "/sizes";
  }

  private static String values(String path) {
    return path + "/values";
  }

  static final class Writer extends MLWriter {
    private final EdgePartition model;
    private final MLWriter params;

    Writer(EdgePartition model, MLWriter params) {
      this.model = model;
      this.params = params;
    }

    @Override
    public void saveImpl(String path) {
      try {
        params.session(sparkSession()).save(path);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      List<Row> sizes = new ArrayList<>();
      model.sizes().forEach((domain, one) -> sizes.add(RowFactory.create(domain, one)));
      sparkSession().createDataFrame(sizes, SIZES).coalesce(1).write().parquet(sizes(path));
      List<Row> values = new ArrayList<>();
      model.shares().values().forEach(v -> values.add(RowFactory.create(values.size(), v)));
      sparkSession().createDataFrame(values, VALUES).coalesce(1).write().parquet(values(path));
    }
  }

  static final class Reader extends MLReader<EdgePartition> {
    private final DefaultParamsReader<EdgePartition> params;

    Reader(DefaultParamsReader<EdgePartition> params) {
      this.params = params;
    }

    @Override
    public EdgePartition load(String path) {
      params.session(sparkSession());
      SortedMap<String, long[]> sizes = new TreeMap<>();
      for (Row row : sparkSession().read().parquet(sizes(path)).collectAsList()) {
        sizes.put(
            row.getString(0), row.<Long>getList(1).stream().mapToLong(Long::longValue).toArray());
      }
      List<String> values =
          sparkSession().read().parquet(values(path)).sort("device").collectAsList().stream()
              .map(row -> row.getString(1))
              .toList();
      return params.load(path).withShares(new EdgeShares(sizes, values));
    }
  }
}
