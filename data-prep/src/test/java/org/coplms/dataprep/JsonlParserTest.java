package org.coplms.dataprep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonlParserTest {
  @Test
  void readsOneResponse() throws Exception {
    assertThat(parse("{'prompt': ' Why? ', 'response': ' because\\n', 'domain': 'b', 'id': 'x1'}"))
        .isEqualTo(new Item("b", "x1", "Why?", List.of("because")));
  }

  @Test
  void readsSeveralResponsesInOrderAndIgnoresOtherFields() throws Exception {
    assertThat(
            parse("{'prompt': 'p', 'responses': ['z', 'a'], 'domain': 'd', 'id': 7, 'score': 1.5}"))
        .isEqualTo(new Item("d", "7", "p", List.of("z", "a")));
  }

  @Test
  void withoutAnIdTheItemIsNamedByDomainAndNormalisedPrompt() throws Exception {
    Item one = parse("{'prompt': 'Two  Words', 'response': 'a', 'domain': 'd'}");
    Item same = parse("{'prompt': 'two words', 'response': 'b', 'domain': 'd'}");
    Item other = parse("{'prompt': 'two words', 'response': 'a', 'domain': 'e'}");
    assertThat(one.item()).isEqualTo(same.item()).isNotEqualTo(other.item()).hasSize(24);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'prompt': 'p' | not valid JSON",
        "not json | not valid JSON",
        "{'prompt': 'p'} {} | not valid JSON",
        "{'prompt': 'p', 'prompt': 'q'} | not valid JSON",
        "[1, 2] | it is a JSON list",
        "'text' | it is a JSON string",
        "{'response': 'a', 'domain': 'd'} | 'prompt' is missing",
        "{'prompt': null, 'response': 'a', 'domain': 'd'} | 'prompt' is missing",
        "{'prompt': '  ', 'response': 'a', 'domain': 'd'} | 'prompt' is empty",
        "{'prompt': 'p', 'response': 'a'} | 'domain' is missing",
        "{'prompt': 'p', 'domain': 'd'} | either 'response', a string, or 'responses'",
        "{'prompt': 'p', 'response': 'a', 'responses': ['b'], 'domain': 'd'} | either 'response'",
        "{'prompt': 'p', 'response': 3, 'domain': 'd'} | 'response' must be a string, got a JSON number",
        "{'prompt': 'p', 'responses': [], 'domain': 'd'} | got an empty list",
        "{'prompt': 'p', 'responses': 'a', 'domain': 'd'} | must be a list of at least one string",
        "{'prompt': 'p', 'responses': ['a', ''], 'domain': 'd'} | 'responses' is empty",
        "{'prompt': 'p', 'response': 'a', 'domain': 'd', 'id': 1.5} | 'id' must be a string",
      })
  void aLineThatHoldsNoExampleSaysWhy(String line, String reason) {
    assertThatThrownBy(() -> parse(line))
        .isInstanceOf(JsonlParser.UnusableLineException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void bytesThatAreNotUtf8AreRefused() {
    byte[] latin1 =
        "{\"prompt\": \"é\", \"response\": \"a\", \"domain\": \"d\"}"
            .getBytes(StandardCharsets.ISO_8859_1);
    assertThatThrownBy(() -> JsonlParser.parse(latin1))
        .isInstanceOf(JsonlParser.UnusableLineException.class)
        .hasMessageContaining("not UTF-8");
  }

  @Property(tries = 1000)
  void arbitraryBytesAreAnItemOrAReason(@ForAll byte[] line) {
    try {
      assertThat(JsonlParser.parse(line).responses()).isNotEmpty();
    } catch (JsonlParser.UnusableLineException e) {
      assertThat(e.getMessage()).isNotBlank();
    }
  }

  /** Single quotes stand for double ones. */
  private static Item parse(String line) throws JsonlParser.UnusableLineException {
    return JsonlParser.parse(line.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }
}
