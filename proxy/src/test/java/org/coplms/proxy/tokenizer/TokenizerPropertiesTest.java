package org.coplms.proxy.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

class TokenizerPropertiesTest {
  private static LmTokenizer trained;
  private static LmTokenizer llama2;

  @BeforeContainer
  static void open() {
    trained = TestTokenizers.byteLevel(450);
    llama2 = TestTokenizers.llama2();
  }

  @AfterContainer
  static void close() {
    trained.close();
    llama2.close();
  }

  @Provide
  Arbitrary<String> texts() {
    return AnyText.texts();
  }

  @Property(tries = 300)
  void trainedTokenizerRoundTrips(@ForAll("texts") String text) {
    assertThat(trained.decode(trained.encode(text))).isEqualTo(text);
  }

  @Property(tries = 300)
  void sentencePieceTokenizerRoundTrips(@ForAll("texts") String text) {
    assertThat(llama2.decode(llama2.encode(text))).isEqualTo(text);
  }

  @Property(tries = 300)
  void wordsConcatenateToTheText(@ForAll("texts") String text) {
    assertThat(String.join("", TestText.words(text))).isEqualTo(text);
  }

  @Property(tries = 300)
  void continuationSpellsTheTextAlone(@ForAll("texts") String text) {
    int[] ids = llama2.encodeContinuation(text).orElseThrow();
    assertThat(llama2.byteEnds(text, ids)).isPresent();
    assertThat(ids.length == 0 || llama2.byteEnds(text, ids).orElseThrow()[0] > 0).isTrue();
  }
}
