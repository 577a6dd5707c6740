package org.coplms.dataprep.domains;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** A saved {@link DomainModel}: Spark's own metadata and pipeline, and two small tables. */
final class DomainModelFiles {
  private static final StructType DOMAINS =
      new StructType()
          .add("cluster", DataTypes.IntegerType, false)
          .add("name", DataTypes.StringType, false)
          .add("terms", DataTypes.createArrayType(DataTypes.StringType, false), false)
          .add("sampled", DataTypes.LongType, false);
  private static final StructType SILHOUETTES =
      new StructType()
          .add("domains", DataTypes.IntegerType, false)
          .add("silhouette", DataTypes.DoubleType, false);

  private DomainModelFiles() {}

  private static String pipeline(String path) {
    return path + "/pipeline";
  }

  private static String domains(String path) {
    return path + "/domains";
  }

  private static String silhouettes(String path) {
    return path + "/silhouettes";
  }

  static final class Writer extends MLWriter {
    private final DomainModel model;
    private final MLWriter params;

    Writer(DomainModel model, MLWriter params) {
      this.model = model;
      this.params = params;
    }

    @Override
    public void saveImpl(String path) {
      try {
        params.session(sparkSession()).save(path);
        model.pipeline().write().session(sparkSession()).save(pipeline(path));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      List<Row> domains = new ArrayList<>();
      for (Domain one : model.summary().domains()) {
        domains.add(
            RowFactory.create(
                domains.size(), one.name(), one.terms().toArray(String[]::new), one.sampled()));
      }
      write(domains, DOMAINS, domains(path));
      List<Row> silhouettes = new ArrayList<>();
      model.summary().silhouettes().forEach((k, s) -> silhouettes.add(RowFactory.create(k, s)));
      write(silhouettes, SILHOUETTES, silhouettes(path));
    }

    private void write(List<Row> rows, StructType schema, String path) {
      sparkSession().createDataFrame(rows, schema).coalesce(1).write().parquet(path);
    }
  }

  static final class Reader extends MLReader<DomainModel> {
    private final DefaultParamsReader<DomainModel> params;

    Reader(DefaultParamsReader<DomainModel> params) {
      this.params = params;
    }

    @Override
    public DomainModel load(String path) {
      params.session(sparkSession());
      List<Domain> domains =
          sparkSession().read().parquet(domains(path)).sort("cluster").collectAsList().stream()
              .map(row -> new Domain(row.getString(1), row.getList(2), row.getLong(3)))
              .toList();
      SortedMap<Integer, Double> silhouettes = new TreeMap<>();
      for (Row row : sparkSession().read().parquet(silhouettes(path)).collectAsList()) {
        silhouettes.put(row.getInt(0), row.getDouble(1));
      }
      PipelineModel pipeline = PipelineModel.read().session(sparkSession()).load(pipeline(path));
      return params
          .load(path)
          .withFound(new DomainSearch.Found(pipeline, new DomainSummary(domains, silhouettes)));
    }
  }
}
