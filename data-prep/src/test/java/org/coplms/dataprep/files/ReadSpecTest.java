package org.coplms.dataprep.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ReadSpecTest {
  @Test
  void everyProblemIsListed() {
    assertThatThrownBy(
            () ->
                new ReadSpec(
                    " ",
                    null,
                    Layout.COLUMNS,
                    new Columns("p", "r", "", "", ""),
                    CsvOptions.defaults(),
                    DomainFrom.COLUMN,
                    null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "path of the files is missing; format is missing; cleaning is missing;"
                + " domain = column needs a name in columns.domain; or take domain = file or discover");
    assertThatThrownBy(() -> new Columns("", " ", null, "", ""))
        .hasMessage(
            "prompt must name a field; response must name a field; domain, id and device must name a"
                + " field or be empty");
    assertThatThrownBy(() -> new CsvOptions(true, ",,", "ab", true))
        .hasMessage(
            "delimiter must be one character and no line break, got ',,'; quote must be one"
                + " character or empty, got 'ab'");
    assertThatThrownBy(() -> new CsvOptions(true, "'", "'", true))
        .hasMessage("delimiter and quote must differ, got ''' for both");
    assertThatThrownBy(() -> new Cleaning(null, true, -1, -2, -3))
        .hasMessage(
            "normalization is missing; maxPromptChars must be 0 (no limit) or more, got -1;"
                + " maxResponseChars must be 0 (no limit) or more, got -2;"
                + " maxTokens must be 0 (no limit) or more, got -3");
  }

  @ParameterizedTest
  @EnumSource
  void specificationsAndWhatTasksGetTravel(Layout layout) throws Exception {
    ReadSpec spec = Reading.with(ReadSpec.of("x"), layout);
    assertThat(copy(spec)).isEqualTo(spec);
    assertThat(copy(new RecordRows(spec, Optional.empty()))).isInstanceOf(RecordRows.class);
  }

  private static Object copy(Object value) throws IOException, ClassNotFoundException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(value);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      return in.readObject();
    }
  }
}
