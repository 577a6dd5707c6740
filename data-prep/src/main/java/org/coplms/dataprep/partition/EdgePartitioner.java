package org.coplms.dataprep.partition;

import java.util.List;
import org.apache.spark.ml.Estimator;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.param.ParamValidators;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.Identifiable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.types.StructType;

/**
 * Shares the rows of a table out over edge devices. Which device a row goes to depends on the seed,
 * the strategy, the sizes of the domains and the row's own domain and id, never on partitions, the
 * order of rows or the cluster.
 */
public final class EdgePartitioner extends Estimator<EdgePartition>
    implements DefaultParamsWritable {
  private static final long serialVersionUID = 1L;

  private final String uid;
  private final IntParam devices;
  private final Param<String> strategy;
  private final DoubleParam alpha;
  private final IntParam domainsPerDevice;
  private final LongParam minExamples;
  private final LongParam seed;
  private final Param<String> domainCol;
  private final Param<String> idCol;
  private final Param<String> deviceCol;
  private final Param<String> outputCol;

  public EdgePartitioner() {
    this(Identifiable.randomUID("EdgePartitioner"));
  }

  /** For loading: the parameters are set afterwards. */
  public EdgePartitioner(String uid) {
    this.uid = uid;
    devices = new IntParam(this, "devices", "number of edge devices", ParamValidators.gt(0));
    strategy = new Param<>(this, "strategy", "dirichlet, iid, quantity, pathological or column");
    alpha =
        new DoubleParam(
            this, "alpha", "concentration of dirichlet and quantity", ParamValidators.gt(0));
    domainsPerDevice =
        new IntParam(this, "domainsPerDevice", "of pathological", ParamValidators.gt(0));
    minExamples =
        new LongParam(this, "minExamples", "least rows of a device", ParamValidators.gtEq(0));
    seed = new LongParam(this, "seed", "of the draws and of the order of rows");
    domainCol = new Param<>(this, "domainCol", "column with the domains, of type string");
    idCol = new Param<>(this, "idCol", "column with ids, each once in its domain");
    deviceCol = new Param<>(this, "deviceCol", "column that column takes the devices from");
    outputCol = new Param<>(this, "outputCol", "new column with the device, an int from 0");
    setDefault(strategy, "dirichlet");
    setDefault(alpha, 0.7);
    setDefault(domainsPerDevice, 2);
    setDefault(minExamples, 1L);
    setDefault(seed, 0L);
    setDefault(domainCol, "domain");
    setDefault(idCol, "id");
    setDefault(outputCol, "device");
  }

  @Override
  public String uid() {
    return uid;
  }

  /** Number of edge devices; no default. */
  public IntParam devices() {
    return devices;
  }

  public EdgePartitioner setDevices(int value) {
    set(devices, value);
    return this;
  }

  /** The {@link PartitionSpec#kind()}; default {@code dirichlet}. */
  public Param<String> strategy() {
    return strategy;
  }

  public EdgePartitioner setStrategy(String value) {
    set(strategy, value);
    return this;
  }

  /** Of {@code dirichlet} and {@code quantity}; default 0.7. */
  public DoubleParam alpha() {
    return alpha;
  }

  public EdgePartitioner setAlpha(double value) {
    set(alpha, value);
    return this;
  }

  /** Of {@code pathological}; default 2. */
  public IntParam domainsPerDevice() {
    return domainsPerDevice;
  }

  public EdgePartitioner setDomainsPerDevice(int value) {
    set(domainsPerDevice, value);
    return this;
  }

  /** Least rows of a device; default 1. */
  public LongParam minExamples() {
    return minExamples;
  }

  public EdgePartitioner setMinExamples(long value) {
    set(minExamples, value);
    return this;
  }

  /** Of the draws and of the order of rows; default 0. */
  public LongParam seed() {
    return seed;
  }

  public EdgePartitioner setSeed(long value) {
    set(seed, value);
    return this;
  }

  /** Column with the domains; default {@code domain}. */
  public Param<String> domainCol() {
    return domainCol;
  }

  public EdgePartitioner setDomainCol(String value) {
    set(domainCol, value);
    return this;
  }

  /** Column with ids, text or whole numbers; default {@code id}. Not read by {@code column}. */
  public Param<String> idCol() {
    return idCol;
  }

  public EdgePartitioner setIdCol(String value) {
    set(idCol, value);
    return this;
  }

  /** Column that {@code column} takes the devices from; no default. */
  public Param<String> deviceCol() {
    return deviceCol;
  }

  public EdgePartitioner setDeviceCol(String value) {
    set(deviceCol, value);
    return this;
  }

  /** New column with the device; default {@code device}. */
  public Param<String> outputCol() {
    return outputCol;
  }

  public EdgePartitioner setOutputCol(String value) {
    set(outputCol, value);
    return this;
  }

  /** Sets the strategy and what it needs. */
  public EdgePartitioner setSpec(PartitionSpec spec) {
    setStrategy(spec.kind());
    if (spec instanceof DirichletPartitionSpec dirichlet) {
      setAlpha(dirichlet.alpha());
    } else if (spec instanceof QuantityPartitionSpec quantity) {
      setAlpha(quantity.alpha());
    } else if (spec instanceof PathologicalPartitionSpec pathological) {
      setDomainsPerDevice(pathological.domainsPerDevice());
    } else if (spec instanceof ColumnPartitionSpec column) {
      setDeviceCol(column.column());
    }
    return this;
  }

  /**
   * Counts the rows of each domain and draws the devices' shares; only counts come to the driver.
   *
   * @throws IllegalArgumentException as {@link #transformSchema}
   * @throws org.coplms.dataprep.PreparationException when a row has no domain or no id of its own,
   *     or the strategy cannot give every device {@code minExamples} rows
   */
  @Override
  public EdgePartition fit(Dataset<?> dataset) {
    transformSchema(dataset.schema());
    PartitionCounts counts = new PartitionCounts(dataset.toDF(), getOrDefault(domainCol));
    int number = (int) getOrDefault(devices);
    long least = (long) getOrDefault(minExamples);
    EdgePartition model =
        spec() instanceof ColumnPartitionSpec byColumn
            ? new EdgePartition(uid, counts.byColumn(byColumn.column(), number, least))
            : new EdgePartition(
                uid,
                EdgeShares.drawn(
                    new PartitionPlan(
                            spec(),
                            (long) getOrDefault(seed),
                            number,
                            counts.rowsPerDomain(getOrDefault(idCol)))
                        .withAtLeast(least)));
    return copyValues(model.setParent(this), ParamMap.empty());
  }

  private PartitionSpec spec() {
    return switch (getOrDefault(strategy)) {
      case "dirichlet" -> new DirichletPartitionSpec((double) getOrDefault(alpha));
      case "iid" -> new IidPartitionSpec();
      case "quantity" -> new QuantityPartitionSpec((double) getOrDefault(alpha));
      case "pathological" -> new PathologicalPartitionSpec((int) getOrDefault(domainsPerDevice));
      case "column" -> {
        if (!isDefined(deviceCol)) {
          throw new IllegalArgumentException(
              "deviceCol is not set; name the column of the devices with setDeviceCol");
        }
        yield new ColumnPartitionSpec(getOrDefault(deviceCol));
      }
      default ->
          throw new IllegalArgumentException(
              "strategy must be one of %s, got '%s'"
                  .formatted(
                      List.of("dirichlet", "iid", "quantity", "pathological", "column"),
                      getOrDefault(strategy)));
    };
  }

  /**
   * The columns with the device at their end.
   *
   * @throws IllegalArgumentException when a column is missing or of an unfit type, the output
   *     column exists, or the parameters do not make sense
   */
  @Override
  public StructType transformSchema(StructType schema) {
    PartitionSpec spec = spec();
    if (!isDefined(devices)) {
      throw new IllegalArgumentException(
          "devices is not set; give the number of edge devices with setDevices");
    }
    PartitionColumns columns = new PartitionColumns(schema);
    columns.requireText("domainCol", getOrDefault(domainCol));
    if (spec instanceof ColumnPartitionSpec byColumn) {
      columns.requireTextOrWhole("deviceCol", byColumn.column());
    } else {
      columns.requireTextOrWhole("idCol", getOrDefault(idCol));
    }
    return columns.with(getOrDefault(outputCol));
  }

  @Override
  public EdgePartitioner copy(ParamMap extra) {
    return defaultCopy(extra);
  }

  /** What {@code save} wrote. */
  public static EdgePartitioner load(String path) {
    return read().load(path);
  }

  /** Reads what {@code save} wrote; Spark calls it for a stage of a pipeline. */
  public static MLReader<EdgePartitioner> read() {
    return new DefaultParamsReader<>();
  }
}
