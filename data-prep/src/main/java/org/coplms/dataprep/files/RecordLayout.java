package org.coplms.dataprep.files;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;

/** Finds prompt and references in a record. */
interface RecordLayout extends Serializable {
  /** The list in a document's top-level object that holds the records, if there are documents. */
  default Optional<String> list() {
    return Optional.empty();
  }

  /** Fields of a document that its records need. */
  default List<String> header() {
    return List.of();
  }

  /** The questions of one element of the list, or of one record; nothing gets lost. */
  default List<JsonNode> questions(JsonNode element) {
    return List.of(element);
  }

  /** Names of the columns where a delimited file has no header; empty: {@code _c0}, … */
  default List<String> columns() {
    return List.of();
  }

  /**
   * One question.
   *
   * @param document the fields of {@link #header}, empty for a record on its own
   * @param file the file's name without extensions
   */
  Draft draft(Fields document, Fields question, String file) throws UnusableRecordException;

  static RecordLayout of(ReadSpec spec) {
    return switch (spec.layout()) {
      case COLUMNS -> new ColumnsLayout(spec.columns());
      case ALPACA -> new InstructionLayout("input", "output", "");
      case DOLLY -> new InstructionLayout("context", "response", "category");
      case NATURAL_INSTRUCTIONS -> new NaturalInstructionsLayout();
      case SQUAD -> new SquadLayout();
      case GSM8K -> new Gsm8kLayout();
      case MMLU -> new MmluLayout();
      case BIGBENCH -> new BigBenchLayout();
      case CHAT -> new ChatLayout();
      case PROMPT_COMPLETION -> new PromptCompletionLayout();
    };
  }
}
