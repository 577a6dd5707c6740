package org.coplms.dataprep.files;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/** The columns of one delimited file: makes objects of its records. */
final class DelimitedNames {
  /** Empty where any number of columns will do. */
  private final List<String> names;

  private final Optional<String> unusable;

  private DelimitedNames(List<String> names, Optional<String> unusable) {
    this.names = names;
    this.unusable = unusable;
  }

  /** A file without a header. */
  static DelimitedNames withoutHeader(RecordLayout layout) {
    return new DelimitedNames(layout.columns(), Optional.empty());
  }

  static DelimitedNames ofHeader(CsvParser.Values header, boolean damaged) {
    List<String> names = new ArrayList<>();
    for (String cell : header.cells()) {
      String name = TextCleaner.label(cell);
      names.add(name.isEmpty() ? "_c" + names.size() : name);
    }
    if (damaged) {
      return unusable("is not UTF-8; convert the file to UTF-8");
    }
    if (header.fault() != CsvParser.Fault.NONE) {
      return unusable("has a quoted field that does not end; correct it, or csv.quote");
    }
    if (new HashSet<>(names).size() < names.size()) {
      return unusable("repeats a name: %s; rename a column".formatted(String.join(", ", names)));
    }
    return new DelimitedNames(names, Optional.empty());
  }

  /** Names of a header that cannot be used: no record under it can. */
  static DelimitedNames unusable(String why) {
    return new DelimitedNames(List.of(), Optional.of("the header of the file " + why));
  }

  ObjectNode object(CsvParser.Values values) throws UnusableRecordException {
    if (values.fault() == CsvParser.Fault.TEXT_AFTER_QUOTE) {
      throw notCsv("text follows a closing quote; double the quotes inside of quoted fields");
    }
    if (unusable.isPresent()) {
      throw notCsv(unusable.get());
    }
    List<String> cells = values.cells();
    if (!names.isEmpty() && cells.size() != names.size()) {
      throw notCsv(
          "it has %d fields where the file has %d columns; correct it, or csv.delimiter"
              .formatted(cells.size(), names.size()));
    }
    ObjectNode object = Json.object();
    for (int i = 0; i < cells.size(); i++) {
      object.put(names.isEmpty() ? "_c" + i : names.get(i), cells.get(i));
    }
    return object;
  }

  static UnusableRecordException notCsv(String why) {
    return new UnusableRecordException(Reason.NOT_CSV, why);
  }
}
