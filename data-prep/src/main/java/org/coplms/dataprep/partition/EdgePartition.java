package org.coplms.dataprep.partition;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.ml.Model;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.coplms.dataprep.PreparationException;

/**
 * Gives each row its edge device: by its place in its domain's shuffled order, which is that of a
 * hash of (seed, domain, id), ties by id; or, for the strategy {@code column}, by a column's value.
 */
public final class EdgePartition extends Model<EdgePartition> implements DefaultParamsWritable {
  private static final long serialVersionUID = 1L;

  private final String uid;
  private final LongParam seed;
  private final Param<String> domainCol;
  private final Param<String> idCol;
  private final Param<String> deviceCol;
  private final Param<String> outputCol;

  /** Not sent to executors. */
  private transient EdgeShares shares;

  /** For loading: the parameters and what was fitted are set afterwards. */
  public EdgePartition(String uid) {
    this.uid = uid;
    seed = new LongParam(this, "seed", "of the order of rows");
    domainCol = new Param<>(this, "domainCol", "column with the domains, of type string");
    idCol = new Param<>(this, "idCol", "column with ids, each once in its domain");
    deviceCol = new Param<>(this, "deviceCol", "column that says the device, if any");
    outputCol = new Param<>(this, "outputCol", "new column with the device, an int from 0");
  }

  EdgePartition(String uid, EdgeShares shares) {
    this(uid);
    this.shares = shares;
  }

  @Override
  public String uid() {
    return uid;
  }

  /** Of the order of rows. */
  public LongParam seed() {
    return seed;
  }

  /** Column with the domains. */
  public Param<String> domainCol() {
    return domainCol;
  }

  /** Column with the ids. */
  public Param<String> idCol() {
    return idCol;
  }

  /** Column that says the device; read where the strategy was {@code column}. */
  public Param<String> deviceCol() {
    return deviceCol;
  }

  /** New column with the device. */
  public Param<String> outputCol() {
    return outputCol;
  }

  public EdgePartition setOutputCol(String value) {
    set(outputCol, value);
    return this;
  }

  /** Number of edge devices. */
  public int numDevices() {
    return shares.devices();
  }

  /** For each domain the rows of each device. */
  public SortedMap<String, long[]> sizes() {
    SortedMap<String, long[]> copy = new TreeMap<>();
    shares.sizes().forEach((domain, sizes) -> copy.put(domain, sizes.clone()));
    return copy;
  }

  EdgeShares shares() {
    return shares;
  }

  /**
   * The columns with the device at their end.
   *
   * @throws IllegalArgumentException when a column is missing or of an unfit type, or the output
   *     column exists
   */
  @Override
  public StructType transformSchema(StructType schema) {
    PartitionColumns columns = new PartitionColumns(schema);
    if (shares.byColumn()) {
      columns.requireTextOrWhole("deviceCol", getOrDefault(deviceCol));
    } else {
      columns.requireText("domainCol", getOrDefault(domainCol));
      columns.requireTextOrWhole("idCol", getOrDefault(idCol));
    }
    return columns.with(getOrDefault(outputCol));
  }

  /**
   * The rows with their devices. By column this is a narrow step that is computed when Spark asks
   * for it; it fails on a value that was not there when it was fitted. Otherwise the rows are
   * sorted and counted at once, see {@link DomainRanks}.
   *
   * @throws PreparationException when the domains have other sizes than those it was fitted on
   */
  @Override
  public Dataset<Row> transform(Dataset<?> dataset) {
    transformSchema(dataset.schema());
    return shares.byColumn() ? byColumn(dataset.toDF()) : byRank(dataset.toDF());
  }

  private Dataset<Row> byColumn(Dataset<Row> rows) {
    String column = getOrDefault(deviceCol);
    return rows.withColumn(
        getOrDefault(outputCol),
        functions
            .udf(new DeviceOf.Value(column, shares.values()), DataTypes.IntegerType)
            .asNonNullable()
            .apply(PartitionColumns.named(column).cast(DataTypes.StringType)));
  }

  private Dataset<Row> byRank(Dataset<Row> rows) {
    String hash = uid + "__hash";
    String rank = uid + "__rank";
    Column domain = PartitionColumns.named(getOrDefault(domainCol));
    Column id = PartitionColumns.named(getOrDefault(idCol));
    Dataset<Row> hashed =
        rows.withColumn(
            hash,
            functions.xxhash64(
                functions.lit(getOrDefault(seed)), domain, id.cast(DataTypes.StringType)));
    DomainRanks ranks =
        DomainRanks.sort(
            hashed, getOrDefault(domainCol), List.of(PartitionColumns.named(hash), id));
    requireFitted(ranks.rowsPerGroup());
    return ranks
        .ranked(rank)
        .withColumn(
            getOrDefault(outputCol),
            functions
                .udf(new DeviceOf.Rank(shares.sizes()), DataTypes.IntegerType)
                .asNonNullable()
                .apply(domain, PartitionColumns.named(rank)))
        .drop(hash, rank);
  }

  private void requireFitted(Map<Object, Long> found) {
    List<String> differences = new ArrayList<>();
    shares
        .sizes()
        .forEach(
            (domain, sizes) -> {
              long fitted = Arrays.stream(sizes).sum();
              long now = found.getOrDefault(domain, 0L);
              if (fitted != now) {
                differences.add("%s: %d then, %d now".formatted(domain, fitted, now));
              }
            });
    found.forEach(
        (domain, now) -> {
          if (domain == null || !shares.sizes().containsKey(domain)) {
            differences.add("%s: 0 then, %d now".formatted(domain, now));
          }
        });
    if (!differences.isEmpty()) {
      throw new PreparationException(
          "The rows are not those that the partition was fitted on (%s%s); fit it again"
              .formatted(
                  String.join("; ", differences.subList(0, Math.min(5, differences.size()))),
                  differences.size() > 5 ? "; …" : ""));
    }
  }

  @Override
  public EdgePartition copy(ParamMap extra) {
    EdgePartition copy = new EdgePartition(uid, shares);
    copy.setParent(parent());
    return copyValues(copy, extra);
  }

  /** Writes the parameters and, as Parquet, what was fitted. */
  @Override
  public MLWriter write() {
    return new EdgePartitionFiles.Writer(this, DefaultParamsWritable.super.write());
  }

  /** What {@code save} wrote. */
  public static EdgePartition load(String path) {
    return read().load(path);
  }

  /** Reads what {@code save} wrote; Spark calls it for a stage of a pipeline. */
  public static MLReader<EdgePartition> read() {
    return new EdgePartitionFiles.Reader(new DefaultParamsReader<>());
  }

  EdgePartition withShares(EdgeShares loaded) {
    shares = loaded;
    return this;
  }
}
