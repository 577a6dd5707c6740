package org.coplms.jobs.cotune;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.coplms.jobs.pipeline.RunContext;
import org.coplms.jobs.store.RunStore;
import org.coplms.proxy.cotune.Metrics;
import org.coplms.udfs.edge.RoundFolders;
import org.coplms.udfs.model.MetricsFile;
import org.coplms.udfs.server.ServerSpec;
import org.coplms.udfs.store.HadoopFiles;

/** A round's figures: gathered from its tasks, kept as {@code metrics.parquet}. */
public final class RoundMetrics {
  /** Columns of {@code metrics.parquet}. */
  public static final StructType SCHEMA =
      new StructType()
          .add("round", DataTypes.IntegerType, false)
          .add("device", DataTypes.IntegerType, false)
          .add("stage", DataTypes.StringType, false)
          .add("metric", DataTypes.StringType, false)
          .add("value", DataTypes.DoubleType, false);

  private static final String FILE = "metrics.parquet";

  private final RunContext context;
  private final RunStore store;

  public RoundMetrics(RunContext context) {
    this.context = context;
    this.store = context.store();
  }

  /** What the devices wrote in a round. */
  List<Metrics.Row> ofDevices(String devicesFolder) {
    List<Metrics.Row> rows = new ArrayList<>();
    for (int device = 0; device < context.settings().data().devices(); device++) {
      rows.addAll(read(RoundFolders.metrics(devicesFolder, device)));
    }
    return rows;
  }

  /** What the server wrote in a round. */
  List<Metrics.Row> ofServer(int round) {
    return read(store.roundPath(round, ServerSpec.METRICS));
  }

  private List<Metrics.Row> read(String path) {
    return HadoopFiles.exists(path, store.hadoopConfiguration())
        ? MetricsFile.read(path, store.hadoopConfiguration())
        : List.of();
  }

  /** Writes a round's table. */
  void write(int round, List<Metrics.Row> rows) {
    context
        .spark()
        .createDataFrame(
            rows.stream()
                .map(
                    row ->
                        RowFactory.create(
                            row.round(), row.device(), row.stage(), row.name(), row.value()))
                .toList(),
            SCHEMA)
        .coalesce(1)
        .write()
        .mode(SaveMode.Overwrite)
        .parquet(store.roundPath(round, FILE));
  }

  /** The rows of all committed rounds. */
  public List<Metrics.Row> readAll() {
    String[] paths =
        store.committedRounds().stream()
            .map(round -> store.roundPath(round, FILE))
            .toArray(String[]::new);
    if (paths.length == 0) {
      return List.of();
    }
    return context.spark().read().schema(SCHEMA).parquet(paths).collectAsList().stream()
        .map(
            row ->
                new Metrics.Row(
                    row.getInt(0),
                    row.getInt(1),
                    row.getString(2),
                    row.getString(3),
                    row.getDouble(4)))
        .toList();
  }
}
