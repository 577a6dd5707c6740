package org.coplms.dataprep.files;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/** Makes rows of {@link RecordSchema} from records: layout, domain, cleaning, limits. */
final class RecordRows implements Serializable {
  private static final long serialVersionUID = 1L;

  private final RecordLayout layout;
  private final Columns columns;
  private final DomainFrom domainFrom;
  private final TextCleaner cleaner;
  private final LengthLimits limits;

  RecordRows(ReadSpec spec, Optional<TextLengths> lengths) {
    layout = RecordLayout.of(spec);
    columns = spec.columns();
    domainFrom = spec.domain();
    cleaner = new TextCleaner(spec.cleaning());
    limits = new LengthLimits(spec.cleaning(), lengths);
  }

  RecordLayout layout() {
    return layout;
  }

  /** Where records stand; {@code part} counts those of one line. */
  static final class Place {
    private final String file;
    private final String stem;
    private final long block;
    private long line;
    private int part;

    Place(Block block) {
      this(block.file().file(), block.file().stem(), block.start());
    }

    Place(String file, String stem, long block) {
      this.file = file;
      this.stem = stem;
      this.block = block;
    }

    /** The next record begins on this line. */
    private void at(long next) {
      part = next == line ? part + 1 : 0;
      line = next;
    }
  }

  /** One row for each question of the record, in order. */
  List<Row> of(RawRecord record, Place place) {
    List<Row> rows = new ArrayList<>();
    if (record instanceof RawRecord.Unreadable bad) {
      place.at(bad.line());
      rows.add(problem(place, bad.problem(), bad.text()));
    } else if (record instanceof RawRecord.Element element) {
      addQuestions(element.document(), element.value(), element.line(), place, rows);
    } else if (record instanceof RawRecord.Whole whole) {
      addWhole(whole, place, rows);
    }
    return rows;
  }

  /** A document as a whole has its list in itself. */
  private void addWhole(RawRecord.Whole whole, Place place, List<Row> rows) {
    ObjectNode value = whole.value();
    JsonNode elements = value.path(layout.list().orElse(""));
    if (layout.list().isEmpty() || !elements.isArray()) {
      addQuestions(value, value, whole.line(), place, rows);
      return;
    }
    for (JsonNode element : elements) {
      addQuestions(value, element, whole.line(), place, rows);
    }
  }

  private void addQuestions(
      ObjectNode document, JsonNode element, long line, Place place, List<Row> rows) {
    for (JsonNode question : layout.questions(element)) {
      place.at(line);
      try {
        ObjectNode object = Json.asObject(question, "for each record");
        rows.add(usable(place, new Fields(document), new Fields(object)));
      } catch (UnusableRecordException e) {
        rows.add(problem(place, e, Text.bounded(question.toString())));
      }
    }
  }

  private Row usable(Place place, Fields document, Fields question) throws UnusableRecordException {
    Draft draft = layout.draft(document, question, place.stem);
    Optional<String> item = draft.id().isPresent() ? draft.id() : question.label(columns.id());
    Optional<String> device = question.label(columns.device());
    String domain = domain(draft, question, place);
    String prompt = limits.requirePrompt(cleaner.clean(draft.prompt()));
    Set<String> responses = new LinkedHashSet<>();
    for (String response : draft.responses()) {
      responses.add(limits.requireResponse(cleaner.clean(response)));
    }
    limits.requireTokens(prompt, responses.iterator().next());
    return RowFactory.create(
        place.file,
        place.block,
        place.line,
        place.part,
        domain,
        device.orElse(null),
        item.orElse(null),
        prompt,
        responses.toArray(new String[0]),
        null,
        null,
        null);
  }

  private String domain(Draft draft, Fields question, Place place) throws UnusableRecordException {
    if (domainFrom != DomainFrom.COLUMN) {
      return domainFrom == DomainFrom.FILE ? TextCleaner.label(place.stem) : null;
    }
    Optional<String> given =
        draft.domain().isPresent() ? draft.domain() : question.label(columns.domain());
    return given.orElseThrow(
        () ->
            new UnusableRecordException(
                Reason.MISSING,
                "it has no domain%s; set domain = file or discover, or columns.domain"
                    .formatted(
                        columns.domain().isEmpty()
                            ? ""
                            : ": the field '%s' is missing or empty".formatted(columns.domain()))));
  }

  private static Row problem(Place place, UnusableRecordException problem, String record) {
    return RowFactory.create(
        place.file,
        place.block,
        place.line,
        place.part,
        null,
        null,
        null,
        null,
        null,
        problem.getMessage(),
        problem.reason().label(),
        record);
  }
}
