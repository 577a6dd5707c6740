package org.coplms.dataprep.files;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Collects chosen fields of a file's top-level objects, ahead of the one who reads their lists. */
final class DocumentHeaders implements Closeable {
  private final Supplier<InputStream> open;
  private final List<String> names;
  private Utf8Reader text;
  private JsonParser parser;
  private Optional<UnusableRecordException> problem = Optional.empty();
  private long wanted;
  private long read;

  DocumentHeaders(Supplier<InputStream> open, List<String> names) {
    this.open = open;
    this.names = names;
  }

  /** The reader has come to the next top-level value. */
  void countDocument() {
    wanted++;
  }

  /** The fields of the document that was counted last; those before a break where there is one. */
  ObjectNode current() throws IOException {
    ObjectNode fields = Json.object();
    if (names.isEmpty()) {
      return fields;
    }
    if (parser == null) {
      text = Utf8Reader.forgetful(open.get());
      parser = Json.parser(text);
    }
    problem = Optional.empty();
    try {
      while (read < wanted - 1) {
        parser.nextToken();
        parser.skipChildren();
        read++;
      }
      if (read < wanted && parser.nextToken() == JsonToken.START_OBJECT) {
        collect(fields);
        read++;
      }
    } catch (IOException e) {
      // The one who reads the lists finds the break and reports it.
      read = Long.MAX_VALUE;
    }
    return fields;
  }

  /** What makes every record of the current document unusable, if anything does. */
  Optional<UnusableRecordException> problem() {
    return problem;
  }

  private void collect(ObjectNode fields) throws IOException {
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      parser.nextToken();
      if (names.contains(name)) {
        long from = parser.currentTokenLocation().getCharOffset();
        if (fields.has(name)) {
          problem = Optional.of(Json.repeated(name));
        }
        fields.set(name, Json.value(parser));
        if (text.damaged(from, parser.currentLocation().getCharOffset())) {
          problem = Optional.of(Text.notUtf8());
        }
      } else {
        parser.skipChildren();
      }
    }
  }

  @Override
  public void close() throws IOException {
    if (parser != null) {
      parser.close();
    }
  }
}
