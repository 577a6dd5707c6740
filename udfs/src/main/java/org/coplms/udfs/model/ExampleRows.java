package org.coplms.udfs.model;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.Row;
import org.coplms.proxy.train.Example;

/** Rows with {@code id, domain, prompt, responses} as examples. */
public final class ExampleRows {
  private ExampleRows() {}

  /** One row. */
  public static Example example(Row row) {
    return new Example(
        row.getAs("id"),
        row.getAs("domain"),
        row.getAs("prompt"),
        row.getList(row.fieldIndex("responses")));
  }

  /** All rows, by id: Spark promises no order, and batches must not depend on one. */
  public static List<Example> sorted(Iterator<Row> rows) {
    List<Example> examples = new ArrayList<>();
    rows.forEachRemaining(row -> examples.add(example(row)));
    examples.sort(Comparator.comparing(Example::id));
    return examples;
  }

  /** All rows by their column {@code device}, each device's by id. */
  public static SortedMap<Integer, List<Example>> byDevice(Iterator<Row> rows) {
    SortedMap<Integer, List<Example>> devices = new TreeMap<>();
    rows.forEachRemaining(
        row ->
            devices
                .computeIfAbsent(row.getAs("device"), device -> new ArrayList<>())
                .add(example(row)));
    devices.values().forEach(examples -> examples.sort(Comparator.comparing(Example::id)));
    return devices;
  }
}
