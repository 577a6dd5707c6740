package org.coplms.dataprep.files;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * MMLU (Hendrycks et al. 2021): CSV without a header (question, four choices, letter), or records
 * with {@code question}, {@code choices}, {@code answer} (a number from 0, or a letter) and {@code
 * subject}. The prompt is the question, a line for each choice and "Answer:", as in the published
 * evaluation; the response is the letter. The domain is the subject, else the file's name without
 * {@code _test}, {@code _dev} or {@code _val}.
 */
final class MmluLayout implements RecordLayout {
  private static final long serialVersionUID = 1L;
  private static final List<String> LETTERS = List.of("A", "B", "C", "D");
  private static final String ANSWER = "answer";

  @Override
  public List<String> columns() {
    return List.of("question", "A", "B", "C", "D", ANSWER);
  }

  @Override
  public Draft draft(Fields document, Fields record, String file) throws UnusableRecordException {
    List<String> choices = choices(record);
    StringBuilder prompt = new StringBuilder(record.text("question"));
    for (int i = 0; i < choices.size(); i++) {
      prompt.append('\n').append((char) ('A' + i)).append(". ").append(choices.get(i));
    }
    Optional<String> subject = record.label("subject");
    return Draft.of(prompt + "\nAnswer:", List.of(letter(record, choices.size())))
        .withDomain(subject.or(() -> Optional.of(file.replaceFirst("_(test|dev|val)$", ""))));
  }

  private static List<String> choices(Fields record) throws UnusableRecordException {
    if (record.has("choices")) {
      return record.texts("choices");
    }
    List<String> choices = new ArrayList<>();
    for (String letter : LETTERS) {
      choices.add(record.text(letter));
    }
    return choices;
  }

  private static String letter(Fields record, int choices) throws UnusableRecordException {
    JsonNode answer = record.required(ANSWER);
    String given = answer.asText().strip();
    int index =
        answer.isIntegralNumber()
            ? answer.intValue()
            : given.length() == 1 ? given.charAt(0) - 'A' : -1;
    if (index < 0 || index >= choices) {
      throw new UnusableRecordException(
          Reason.WRONG_TYPE,
          "the field 'answer' must be a letter from A to %c, or its number from 0, got '%s'"
              .formatted((char) ('A' + choices - 1), Text.brief(given)));
    }
    return String.valueOf((char) ('A' + index));
  }
}
