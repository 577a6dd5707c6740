package org.coplms.dataprep.prepare;

import com.ibm.icu.util.VersionInfo;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.coplms.dataprep.PreparationException;
import org.coplms.dataprep.builtin.CldrItems;
import org.coplms.dataprep.builtin.Item;
import org.coplms.dataprep.files.RecordSchema;

/** Generates the items of each language in a task of its own. */
final class CldrSource extends BuiltInSource {
  /**
   * Drawn for each language whatever is needed, so that server data stays the same when devices are
   * added; more only when this does not suffice.
   */
  static final int USUAL_ITEMS = 2_000;

  CldrSource(PrepareSpec spec, CldrSpec source) {
    super(spec, source);
  }

  @Override
  public Optional<Input> input(Configuration hadoop) {
    return Optional.of(new Input("ICU " + VersionInfo.ICU_VERSION, place(), 0, 0));
  }

  @Override
  public Dataset<Row> records(SparkSession spark) {
    List<String> languages = domains();
    int needed = USUAL_ITEMS;
    for (String language : languages) {
      needed = Math.max(needed, Math.toIntExact(assigned(language)));
    }
    if (needed > CldrItems.MOST_ITEMS) {
      throw new PreparationException(
          ("The cldr source gives at most %,d examples of a language, %,d are asked for; lower the"
                  + " number of devices or their examples, or add languages")
              .formatted(CldrItems.MOST_ITEMS, needed));
    }
    return spark
        .createDataset(languages, Encoders.STRING())
        .repartition(languages.size())
        .flatMap(new DrawFn(seed(), needed), Encoders.row(RecordSchema.RECORDS));
  }

  /** Language → its items. */
  private static final class DrawFn implements FlatMapFunction<String, Row> {
    private static final long serialVersionUID = 1L;

    private final long seed;
    private final int items;

    DrawFn(long seed, int items) {
      this.seed = seed;
      this.items = items;
    }

    @Override
    public Iterator<Row> call(String language) {
      return CldrItems.draw(seed, language, items).stream().map(Item::record).iterator();
    }
  }
}
