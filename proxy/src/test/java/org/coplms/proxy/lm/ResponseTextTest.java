package org.coplms.proxy.lm;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.coplms.proxy.tokenizer.BpeTrainer;
import org.coplms.proxy.tokenizer.LmTokenizer;
import org.coplms.proxy.tokenizer.TestTokenizers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** One token is one byte here, so that characters and stop texts always span tokens. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ResponseTextTest {
  private static final String TEXT = "zwölf → 🙂 12\nuser: ok";

  private LmTokenizer bytes;

  @BeforeAll
  void open() {
    bytes = LmTokenizer.parse(BpeTrainer.train(Map.of(), new BpeTrainer.Spec(259)));
  }

  @AfterAll
  void close() {
    bytes.close();
  }

  @Test
  void onlyWholeCharactersAreHandedOut() {
    List<String> pieces = pieces(bytes.encode(TEXT), List.of());

    assertThat(String.join("", pieces)).isEqualTo(TEXT);
    assertThat(pieces).hasSize(TEXT.getBytes(StandardCharsets.UTF_8).length + 1);
    assertThat(pieces).contains("ö", "→", "🙂").noneMatch(piece -> piece.contains("\uFFFD"));
  }

  @Test
  void aStopTextCutsExactlyAndNothingOfItIsHandedOut() {
    List<String> pieces = pieces(bytes.encode(TEXT), List.of("\nuser:", "never"));

    assertThat(String.join("", pieces)).isEqualTo("zwölf → 🙂 12");
  }

  @Test
  void whatOnlyBeganLikeAStopTextComesLater() {
    ResponseText text = new ResponseText(bytes, List.of("aab"));
    List<String> pieces = new ArrayList<>();
    for (int id : bytes.encode("xaaaac")) {
      text.append(id);
      pieces.add(text.take());
    }

    assertThat(pieces).containsExactly("x", "", "", "a", "a", "aac");
    assertThat(text.isStopped()).isFalse();
  }

  @Test
  void theStopTextThatBeginsFirstCuts() {
    // Both are complete with the same token of "xabc".
    LmTokenizer tokenizer =
        LmTokenizer.parse(BpeTrainer.train(Map.of("xabc", 50L), new BpeTrainer.Spec(262)));
    try (tokenizer) {
      int[] ids = tokenizer.encode("xabc");
      assertThat(ids).hasSize(1);
      ResponseText text = new ResponseText(tokenizer, List.of("bc", "ab", "b"));
      text.append(ids[0]);

      assertThat(text.isStopped()).isTrue();
      assertThat(text.text()).isEqualTo("x");
      assertThat(text.rest()).isEqualTo("x");
    }
  }

  @Test
  void anyBytesHandedOutInAnyPiecesAreWhatTheyDecodeTo() {
    SplittableRandom random = new SplittableRandom(5);
    byte[][] parts = {
      {'a'}, {(byte) 0xC3}, {(byte) 0xA4}, {(byte) 0xE2}, {(byte) 0x82}, {(byte) 0xAC},
      {(byte) 0xF0}, {(byte) 0x9F}, {(byte) 0x99}, {(byte) 0x82}, {(byte) 0xFF}, {(byte) 0xED},
    };
    for (int round = 0; round < 2000; round++) {
      int[] ids = new int[random.nextInt(12)];
      for (int i = 0; i < ids.length; i++) {
        ids[i] = idOf(parts[random.nextInt(parts.length)][0]);
      }

      assertThat(String.join("", pieces(ids, List.of()))).isEqualTo(bytes.decode(ids));
    }
  }

  @Test
  void theSpaceThatATokenizerPutsInFrontIsLeftOutOnce() {
    try (LmTokenizer llama2 = TestTokenizers.llama2()) {
      int[] ids = llama2.encode("the sea");
      ResponseText text = new ResponseText(llama2, List.of(" "));
      StringBuilder heard = new StringBuilder();
      for (int id : ids) {
        if (!text.isStopped()) {
          text.append(id);
          heard.append(text.take());
        }
      }

      assertThat(llama2.decode(ids)).isEqualTo("the sea");
      assertThat(heard + text.rest()).isEqualTo("the");
    }
  }

  private int idOf(byte value) {
    for (int id = 0; id < bytes.vocabSize(); id++) {
      byte[] token = bytes.tokenBytes(id);
      if (token.length == 1 && token[0] == value) {
        return id;
      }
    }
    throw new AssertionError(value);
  }

  /** What is handed out after each token, and at the end. */
  private List<String> pieces(int[] ids, List<String> stop) {
    ResponseText text = new ResponseText(bytes, stop);
    List<String> pieces = new ArrayList<>();
    for (int id : ids) {
      text.append(id);
      if (text.isStopped()) {
        break;
      }
      pieces.add(text.take());
    }
    pieces.add(text.rest());
    return pieces;
  }
}
