package org.coplms.dataprep.prepare;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat_ws;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.coplms.dataprep.DataFolder;
import org.coplms.dataprep.ExampleSchema;
import org.coplms.dataprep.HadoopFiles;
import org.coplms.dataprep.PreparationException;
import org.coplms.dataprep.Splits;
import org.coplms.dataprep.card.Tokenizers;
import org.coplms.dataprep.domains.DiscoverySpec;
import org.coplms.dataprep.domains.DomainModel;
import org.coplms.dataprep.duplicates.Leaks;
import org.coplms.dataprep.duplicates.NearDuplicates;
import org.coplms.dataprep.files.DomainFrom;
import org.coplms.dataprep.files.FileRecords;
import org.coplms.dataprep.files.Listing;
import org.coplms.dataprep.files.Quarantine;
import org.coplms.dataprep.files.Quarantined;
import org.coplms.dataprep.files.RecordSchema;

/**
 * A user's own files: near duplicates are left out, and domains discovered where none are named.
 */
final class FilesSource implements Source {
  private static final String DUPLICATE_OF = "duplicateOf";
  private static final String PLACE = "place";

  /** Unusable records that an error shows. */
  private static final int PROBLEMS_SHOWN = 3;

  private final PrepareSpec spec;
  private final FilesSpec source;
  private final Optional<Tokenizers> tokenizers;

  FilesSource(PrepareSpec spec, FilesSpec source, Optional<Tokenizers> tokenizers) {
    this.spec = spec;
    this.source = source;
    this.tokenizers = tokenizers;
  }

  @Override
  public Optional<Input> input(Configuration hadoop) {
    if (HadoopFiles.list(hadoop, source.path()).isEmpty()) {
      return Optional.empty();
    }
    Listing listing = FileRecords.list(hadoop, source.reading());
    return Optional.of(
        new Input(listing.identity(), source.path(), listing.files(), listing.bytes()));
  }

  @Override
  public Dataset<Row> records(SparkSession spark) {
    return FileRecords.read(spark, source.reading(), tokenizers.map(each -> each));
  }

  @Override
  public Quarantined quarantine(SparkSession spark, Dataset<Row> records, String folder) {
    return Quarantine.write(spark, source.reading(), records, folder, PROBLEMS_SHOWN);
  }

  /** Equal prompts of two domains would let public data show what private data hold. */
  @Override
  public List<String> distinctWithin() {
    return List.of();
  }

  @Override
  public Dataset<Row> withoutNearDuplicates(Dataset<Row> items) {
    return source.nearDuplicates().removes()
        ? nearDuplicates().transform(items).filter(col(DUPLICATE_OF).isNull()).drop(DUPLICATE_OF)
        : items;
  }

  @Override
  public ItemsInDomains inDomains(Dataset<Row> items, String dataPath) {
    if (source.domain() != DomainFrom.DISCOVER) {
      return ItemsInDomains.already(items);
    }
    DomainModel model = domains(items);
    String folder = new DataFolder(dataPath).discovery();
    try {
      model.write().overwrite().save(folder);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + folder, e);
    }
    return new ItemsInDomains(
        model.transform(items.drop(RecordSchema.DOMAIN)), Optional.of(model.summary()));
  }

  /** What is given, or else fitted. */
  private DomainModel domains(Dataset<Row> items) {
    DiscoverySpec discover = source.discover();
    DomainModel model =
        discover.model().isEmpty()
            ? discover.estimator(spec.seed()).fit(items.drop(RecordSchema.DOMAIN))
            : load(discover.model());
    return model.setInputCol(RecordSchema.PROMPT).setOutputCol(RecordSchema.DOMAIN);
  }

  private static DomainModel load(String folder) {
    if (!HadoopFiles.exists(HadoopFiles.configuration(), folder)) {
      throw new PreparationException(
          "There is no model of domains in %s; correct discover.model, or leave it empty to fit one"
              .formatted(folder));
    }
    return DomainModel.load(folder);
  }

  private NearDuplicates nearDuplicates() {
    return new NearDuplicates()
        .setInputCol(RecordSchema.PROMPT)
        .setIdCol(ItemSchema.DIGEST)
        .setOutputCol(DUPLICATE_OF)
        .setThreshold(source.nearDuplicates().threshold())
        .setShingleLength(source.nearDuplicates().shingleLength())
        .setSeed(spec.seed());
  }

  @Override
  public SplitPlan plan(List<GroupCount> groups) {
    return new FilesPlan(spec, source, groups).plan();
  }

  @Override
  public Set<String> deviceOnlyDomains() {
    return Set.copyOf(source.deviceOnlyDomains());
  }

  /** No two prompts in different places are nearly equal. */
  @Override
  public void check(Dataset<Row> written) {
    if (!source.nearDuplicates().removes()) {
      return;
    }
    Dataset<Row> placed =
        written
            .filter(col(ExampleSchema.SPLIT).notEqual(Splits.PRETRAIN_SLM))
            .withColumn(PLACE, concat_ws(" ", col(ExampleSchema.SPLIT), col(ExampleSchema.DEVICE)));
    Leaks leaks = nearDuplicates().setIdCol(ExampleSchema.ID).leaks(placed, PLACE, 1);
    for (Leaks.Pair leak : leaks.examples()) {
      throw new PreparationException(
          "%,d prompts are nearly equal to one in another place, such as '%s' in %s to '%s' in %s; the data are not usable, prepare them again"
              .formatted(leaks.rows(), leak.id(), leak.side(), leak.of(), leak.ofSide()));
    }
  }

  @Override
  public String place() {
    return source.path();
  }
}
