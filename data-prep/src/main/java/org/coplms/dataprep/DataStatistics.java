package org.coplms.dataprep;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.coplms.dataprep.prepare.PrepareSpec;

/**
 * What was prepared: counts at each step and the rows of every device, split and domain.
 *
 * @param spec the specification as JSON, see {@link PrepareSpec#toJson}
 * @param input identity of what was read beside the specification
 * @param cells rows by device, split and domain as written; places without rows have no cell
 */
public record DataStatistics(String spec, String input, RecordCounts counts, List<Cell> cells) {
  public DataStatistics {
    cells = List.copyOf(cells);
  }

  /**
   * Rows of one place.
   *
   * @param device the edge device, or {@link ExampleSchema#SERVER_ID}
   */
  public record Cell(int device, String split, String domain, long rows) {}

  public SortedSet<String> domains() {
    SortedSet<String> domains = new TreeSet<>();
    cells.forEach(cell -> domains.add(cell.domain()));
    return domains;
  }

  /** Edge devices, without the server. */
  public SortedSet<Integer> devices() {
    SortedSet<Integer> devices = new TreeSet<>();
    cells.stream()
        .filter(cell -> cell.device() != ExampleSchema.SERVER_ID)
        .forEach(cell -> devices.add(cell.device()));
    return devices;
  }

  /** Rows of a server split. */
  public long serverRows(String split) {
    return deviceRows(ExampleSchema.SERVER_ID, split);
  }

  /** Rows of a device's split. */
  public long deviceRows(int device, String split) {
    return sum(cell -> cell.device() == device && cell.split().equals(split));
  }

  public long rows(int device, String split, String domain) {
    return sum(
        cell ->
            cell.device() == device && cell.split().equals(split) && cell.domain().equals(domain));
  }

  /** Domain × device: private training examples, zeros included. */
  public SortedMap<String, SortedMap<Integer, Long>> trainMatrix() {
    SortedMap<String, SortedMap<Integer, Long>> matrix = new TreeMap<>();
    List<Integer> devices = new ArrayList<>(devices());
    for (String domain : domains()) {
      SortedMap<Integer, Long> row = new TreeMap<>();
      devices.forEach(device -> row.put(device, rows(device, Splits.TRAIN, domain)));
      matrix.put(domain, row);
    }
    return matrix;
  }

  public String toJson() {
    return StatisticsJson.write(this);
  }

  /**
   * Reads what {@link #toJson} wrote.
   *
   * @throws PreparationException when the text is not what {@link #toJson} writes
   */
  public static DataStatistics fromJson(String json) {
    return StatisticsJson.read(json);
  }

  /** For the console. */
  public String toTable() {
    return StatisticsTable.of(this);
  }

  private long sum(Predicate<Cell> which) {
    return cells.stream().filter(which).mapToLong(Cell::rows).sum();
  }
}
