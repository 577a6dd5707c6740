package org.coplms.jobs.export;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;

/** Markdown that is written from top to bottom. */
final class CardText {
  private static final JsonMapper JSON = new JsonMapper();

  private final StringBuilder text = new StringBuilder();

  /** YAML between its marks. */
  void frontMatter(List<String> lines) {
    text.append("---\n");
    lines.forEach(line -> text.append(line).append('\n'));
    text.append("---\n\n");
  }

  void title(String title) {
    text.append("# ").append(title).append("\n\n");
  }

  void section(String title) {
    text.append("## ").append(title).append("\n\n");
  }

  void paragraph(String paragraph) {
    text.append(paragraph).append("\n\n");
  }

  void block(String language, String code) {
    text.append("```").append(language).append('\n').append(code).append("```\n\n");
  }

  void table(List<String> header, List<List<String>> rows) {
    row(header);
    row(Collections.nCopies(header.size(), "---"));
    rows.forEach(this::row);
    text.append('\n');
  }

  private void row(List<String> cells) {
    text.append(
        cells.stream()
            .map(cell -> cell.replace("|", "\\|").replace("\n", " "))
            .collect(Collectors.joining(" | ", "| ", " |\n")));
  }

  /** A string in double quotes, as YAML, Python and Java read it. */
  static String quoted(String value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  static String code(String value) {
    return "`" + value + "`";
  }

  @Override
  public String toString() {
    return text.toString().stripTrailing() + "\n";
  }
}
