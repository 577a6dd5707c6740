package org.coplms.dataprep.partition;

import java.util.SortedMap;
import org.coplms.dataprep.Problems;

/**
 * The data say it: the distinct values of a column in their order, numbers by value and text by its
 * bytes, are the devices 0 to N − 1.
 *
 * @param column such as a site, a user, a branch
 */
public record ColumnPartitionSpec(String column) implements PartitionSpec {
  private static final long serialVersionUID = 1L;

  public ColumnPartitionSpec {
    Problems problems = new Problems();
    problems.require(
        column != null && !column.isBlank(), "column of the partition by column is missing");
    problems.throwIfAny();
  }

  @Override
  public String kind() {
    return "column";
  }

  @Override
  public SortedMap<String, long[]> draw(DomainItems all, int draw) {
    throw nothingToDraw();
  }

  @Override
  public void requirePossible(DomainItems all) {
    throw nothingToDraw();
  }

  private IllegalArgumentException nothingToDraw() {
    return new IllegalArgumentException(
        "The devices are in column '%s' of the data; no partition is drawn".formatted(column));
  }
}
