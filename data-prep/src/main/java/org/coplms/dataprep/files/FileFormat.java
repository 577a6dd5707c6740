package org.coplms.dataprep.files;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** How records stand in a file. */
public enum FileFormat {
  /** Each file's own, by its extension, behind that of a compression. */
  AUTO,
  /** One JSON object on each line. */
  JSONL,
  /** A JSON document: a list of objects, objects one after another, or a layout's document. */
  JSON,
  /** Values with a delimiter, RFC 4180: a quote in a quoted field is doubled. */
  CSV,
  /** As {@link #CSV}, with tabs. */
  TSV,
  PARQUET;

  static final List<String> EXTENSIONS =
      List.of(".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".parquet");

  /** By a name without the extension of a compression. */
  static Optional<FileFormat> ofName(String name) {
    String extension = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    return switch (extension) {
      case "jsonl", "ndjson" -> Optional.of(JSONL);
      case "json" -> Optional.of(JSON);
      case "csv" -> Optional.of(CSV);
      case "tsv" -> Optional.of(TSV);
      case "parquet" -> Optional.of(PARQUET);
      default -> Optional.empty();
    };
  }

  boolean isDelimited() {
    return this == CSV || this == TSV;
  }
}
