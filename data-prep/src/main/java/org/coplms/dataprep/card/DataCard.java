package org.coplms.dataprep.card;

import java.util.List;
import java.util.SortedMap;
import org.apache.hadoop.fs.Path;
import org.coplms.dataprep.DataFolder;
import org.coplms.dataprep.DataStatistics;
import org.coplms.dataprep.HadoopFiles;
import org.coplms.dataprep.PreparationException;
import org.coplms.dataprep.Prepared;
import org.coplms.dataprep.RecordCounts;

/**
 * What became of a source's records, for people and programs: {@code card.json}.
 *
 * @param input what was read
 * @param counts of all records
 * @param duplicates how the duplicates among them were told
 * @param quarantined unusable records by kind of reason
 * @param cells examples by device, split and domain
 * @param discovered how domains were discovered; empty where the data name them
 * @param samples some of each domain
 */
public record DataCard(
    Input input,
    RecordCounts counts,
    Duplicates duplicates,
    SortedMap<String, Long> quarantined,
    List<DataStatistics.Cell> cells,
    TextSummary texts,
    List<Discovered> discovered,
    List<Sample> samples) {
  public DataCard {
    cells = List.copyOf(cells);
    discovered = List.copyOf(discovered);
    samples = List.copyOf(samples);
  }

  /**
   * The card of prepared data.
   *
   * @throws PreparationException when the folder holds no complete data
   */
  public static DataCard of(String dataPath) {
    DataStatistics unused = Prepared.statistics(dataPath);
    Path file = new DataFolder(dataPath).card();
    return HadoopFiles.readText(HadoopFiles.configuration(), file)
        .map(CardJson::read)
        .orElseThrow(
            () ->
                new PreparationException(
                    "There is no %s; prepare into another folder".formatted(file)));
  }

  /** Files and their bytes as stored; none where records are generated. */
  public record Input(String source, String place, long files, long bytes) {}

  /**
   * Records left out for another one.
   *
   * @param exact with the same normalised prompt
   * @param near with nearly the same
   */
  public record Duplicates(long exact, long near) {}

  /** A number of domains that was tried, with its mean silhouette; {@code chosen} for one. */
  public record Discovered(int domains, double silhouette, boolean chosen) {}

  /**
   * An example.
   *
   * @param places where it went: split, and device if any
   */
  public record Sample(String domain, String prompt, List<String> responses, List<String> places) {
    public Sample {
      responses = List.copyOf(responses);
      places = List.copyOf(places);
    }
  }
}
