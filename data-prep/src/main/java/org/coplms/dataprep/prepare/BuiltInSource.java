package org.coplms.dataprep.prepare;

import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.coplms.dataprep.files.Quarantined;
import org.coplms.dataprep.files.RecordSchema;

/** A source whose items are made here, and shared out by a plan that is drawn beforehand. */
abstract sealed class BuiltInSource implements Source permits CldrSource, WordnetSource {
  private final PrepareSpec spec;
  private final BuiltInSpec source;
  private final SplitPlan plan;

  BuiltInSource(PrepareSpec spec, BuiltInSpec source) {
    this.spec = spec;
    this.source = source;
    plan = new MixturePlan(spec, source).plan();
  }

  final long seed() {
    return spec.seed();
  }

  final List<String> domains() {
    return source.domains();
  }

  /** Items of the domain that the plan asks for. */
  final long assigned(String domain) {
    return plan.assigned(domain);
  }

  @Override
  public final Quarantined quarantine(SparkSession spark, Dataset<Row> records, String folder) {
    return new Quarantined(folder, new TreeMap<>(), List.of());
  }

  @Override
  public final List<String> distinctWithin() {
    return List.of(RecordSchema.DOMAIN);
  }

  /** Questions about different things may be alike. */
  @Override
  public final Dataset<Row> withoutNearDuplicates(Dataset<Row> items) {
    return items;
  }

  @Override
  public final ItemsInDomains inDomains(Dataset<Row> items, String dataPath) {
    return ItemsInDomains.already(items);
  }

  @Override
  public SplitPlan plan(List<GroupCount> groups) {
    return plan;
  }

  @Override
  public final void check(Dataset<Row> written) {
    // Questions about different things may be alike.
  }

  @Override
  public final String place() {
    return "the source " + source.kind();
  }

  @Override
  public final Set<String> deviceOnlyDomains() {
    return Set.copyOf(source.deviceOnly());
  }
}
