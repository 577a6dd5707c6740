package org.coplms.dataprep.files;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** A record of a file before its layout is applied. */
sealed interface RawRecord {
  /** The line on which it begins, from 1. */
  long line();

  /** An object on its own; it may be a document of a layout as a whole. */
  record Whole(long line, ObjectNode value) implements RawRecord {}

  /** An element of a document's list, with the document's other fields. */
  record Element(long line, ObjectNode document, JsonNode value) implements RawRecord {}

  /** What cannot be read, with its text. */
  record Unreadable(long line, UnusableRecordException problem, String text) implements RawRecord {}
}
