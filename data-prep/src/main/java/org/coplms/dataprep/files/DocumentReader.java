package org.coplms.dataprep.files;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DatabindException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Streams a JSON file: a list of objects, objects one after another, or documents of a layout whose
 * list is streamed. A second pass ahead of the first collects a document's other fields, so that
 * their order does not matter. No more than one record is in memory.
 */
final class DocumentReader implements RecordReader {
  private static final String PLACE = "as each element";

  private final Optional<String> list;
  private final Utf8Reader text;
  private final JsonParser parser;
  private final DocumentHeaders headers;

  /** The list whose elements come next: null outside, at the top or in a document. */
  private JsonStreamContext inside;

  /** The other fields of the document whose list it is; null for a list at the top. */
  private ObjectNode document;

  private ObjectNode otherFields;
  private boolean foundList;
  private Optional<String> repeated = Optional.empty();
  private long lineOfDocument;
  private long documentFrom;
  private long from;
  private boolean ended;

  /**
   * @param open opens the file's bytes; twice for a layout with documents
   */
  DocumentReader(Supplier<InputStream> open, RecordLayout layout) throws IOException {
    list = layout.list();
    text = Utf8Reader.of(open.get());
    parser = Json.parser(text);
    headers = new DocumentHeaders(open, layout.header());
  }

  @Override
  public Optional<RawRecord> next() throws IOException {
    while (!ended) {
      try {
        Optional<RawRecord> record = step();
        if (record.isPresent()) {
          return record;
        }
      } catch (JsonProcessingException e) {
        ended = true;
        return Optional.of(broken(e.getLocation().getLineNr(), notJson(e) + advice()));
      } catch (IOException e) {
        ended = true;
        return Optional.of(
            broken(
                parser.currentLocation().getLineNr(),
                "the file is damaged (%s)".formatted(e.getMessage())));
      }
    }
    return Optional.empty();
  }

  private static String notJson(JsonProcessingException e) {
    return "it is not valid JSON (%s)".formatted(Json.why(e));
  }

  /** What else the file may be. */
  private String advice() {
    return inside == null ? "; if it has an object on each line, set format = jsonl" : "";
  }

  private RawRecord broken(long line, String why) {
    return new RawRecord.Unreadable(line, RecordReader.broken(why), text.rest(from));
  }

  /** Goes on by a token or a value; a record if that was one. */
  private Optional<RawRecord> step() throws IOException {
    JsonToken token = parser.nextToken();
    from = parser.currentTokenLocation().getCharOffset();
    text.forget(from);
    if (inside != null) {
      return inList(token);
    }
    if (otherFields != null) {
      return inDocument(token);
    }
    return atTop(token);
  }

  private Optional<RawRecord> atTop(JsonToken token) throws IOException {
    if (token == null) {
      ended = true;
      return Optional.empty();
    }
    headers.countDocument();
    if (token == JsonToken.START_ARRAY) {
      inside = parser.getParsingContext();
      return Optional.empty();
    }
    if (token == JsonToken.START_OBJECT && list.isPresent()) {
      otherFields = Json.object();
      foundList = false;
      repeated = Optional.empty();
      lineOfDocument = line();
      documentFrom = from;
      return Optional.empty();
    }
    return Optional.of(value());
  }

  private Optional<RawRecord> inDocument(JsonToken token) throws IOException {
    if (token == JsonToken.END_OBJECT) {
      Optional<RawRecord> record = foundList ? Optional.empty() : Optional.of(withoutList());
      otherFields = null;
      return record;
    }
    String name = parser.currentName();
    boolean isList = name.equals(list.orElseThrow());
    if (parser.nextToken() == JsonToken.START_ARRAY && isList) {
      foundList = true;
      document = headers.current();
      inside = parser.getParsingContext();
    } else if (foundList) {
      parser.skipChildren();
    } else {
      if (otherFields.has(name)) {
        repeated = Optional.of(name);
      }
      otherFields.set(name, Json.value(parser));
    }
    return Optional.empty();
  }

  /** It may be a record on its own. */
  private RawRecord withoutList() {
    if (text.damaged(documentFrom, end())) {
      return unreadableDocument(Text.notUtf8());
    }
    return repeated.isPresent()
        ? unreadableDocument(Json.repeated(repeated.get()))
        : new RawRecord.Whole(lineOfDocument, otherFields);
  }

  private RawRecord unreadableDocument(UnusableRecordException why) {
    return new RawRecord.Unreadable(lineOfDocument, why, Text.bounded(otherFields.toString()));
  }

  private Optional<RawRecord> inList(JsonToken token) throws IOException {
    if (token == JsonToken.END_ARRAY) {
      inside = null;
      document = null;
      return Optional.empty();
    }
    return Optional.of(value());
  }

  /** The value that begins at the current token, as a record. */
  private RawRecord value() throws IOException {
    long line = line();
    JsonStreamContext around = inside;
    JsonNode value;
    try {
      value = Json.value(parser);
    } catch (DatabindException e) {
      return unreadable(line, around, new UnusableRecordException(Reason.NOT_JSON, notJson(e)));
    }
    if (text.damaged(from, end())) {
      return unreadable(line, around, Text.notUtf8());
    }
    if (document != null && headers.problem().isPresent()) {
      return unreadable(line, around, headers.problem().get());
    }
    if (document != null) {
      return new RawRecord.Element(line, document, value);
    }
    try {
      return new RawRecord.Whole(line, Json.asObject(value, PLACE));
    } catch (UnusableRecordException e) {
      return unreadable(line, around, e);
    }
  }

  /** Leaves the value behind, however deep the parser stands in it. */
  private RawRecord unreadable(long line, JsonStreamContext around, UnusableRecordException why)
      throws IOException {
    while (around == null
        ? !parser.getParsingContext().inRoot()
        : parser.getParsingContext() != around) {
      if (parser.nextToken() == null) {
        break;
      }
    }
    return new RawRecord.Unreadable(line, why, text.text(from, end()));
  }

  private long line() {
    return parser.currentTokenLocation().getLineNr();
  }

  private long end() {
    return parser.currentLocation().getCharOffset();
  }

  @Override
  public void close() throws IOException {
    headers.close();
    parser.close();
  }
}
