package org.coplms.jobs.comparison;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.DoubleFunction;
import org.coplms.jobs.report.Display;

/**
 * A table of texts, for whatever renders it.
 *
 * @param note how to read it; may be empty
 * @param rowTitle heading of the rows' labels
 * @param columns as many as every row has values
 */
public record Table(
    String title, String note, String rowTitle, List<Column> columns, List<Row> rows) {
  public Table {
    columns = List.copyOf(columns);
    rows = List.copyOf(rows);
  }

  /**
   * A column.
   *
   * @param group columns beside each other with an equal one stand under it; may be empty
   * @param hint below the name; may be empty
   */
  public record Column(String group, String name, String hint) {
    static Column of(String name) {
      return new Column("", name, "");
    }

    /** Where the group cannot stand above. */
    public String full() {
      return group.isEmpty() ? name : group + ", " + name;
    }
  }

  /** Columns under one heading. */
  public record Group(String name, int span) {}

  /** One row; {@code strong} for the one that the others are compared with. */
  public record Row(String label, String hint, boolean strong, List<Value> values) {
    public Row {
      values = List.copyOf(values);
    }
  }

  /**
   * One figure.
   *
   * @param small beside or below it; may be empty
   * @param trend {@code up} or {@code down} for a difference that is good or bad for the reference
   */
  public record Value(String text, String small, String trend) {
    static final Value MISSING = new Value(Display.MISSING, "", "");

    static Value of(String text) {
      return new Value(text, "", "");
    }

    static Value of(OptionalDouble value, DoubleFunction<String> format) {
      return value.isPresent() ? of(format.apply(value.getAsDouble())) : MISSING;
    }

    static Value difference(double points, String small) {
      String text = Display.points(points);
      String trend = text.startsWith("+") ? "up" : text.startsWith("−") ? "down" : "even";
      return new Value(text, small, trend);
    }
  }

  /** Headings above the columns; one for each column without a group. */
  public List<Group> groups() {
    List<Group> groups = new ArrayList<>();
    for (Column column : columns) {
      int last = groups.size() - 1;
      if (last >= 0 && !column.group.isEmpty() && groups.get(last).name.equals(column.group)) {
        groups.set(last, new Group(column.group, groups.get(last).span + 1));
      } else {
        groups.add(new Group(column.group, 1));
      }
    }
    return groups;
  }

  /** Whether any column stands under a heading. */
  public boolean isGrouped() {
    return columns.stream().anyMatch(column -> !column.group.isEmpty());
  }

  /** Whether the column begins a group of two or more. */
  public boolean startsGroup(int column) {
    return !columns.get(column).group.isEmpty()
        && (column == 0 || !columns.get(column - 1).group.equals(columns.get(column).group));
  }
}
