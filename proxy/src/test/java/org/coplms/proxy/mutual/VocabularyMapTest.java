package org.coplms.proxy.mutual;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.coplms.proxy.tokenizer.LmTokenizer;
import org.coplms.proxy.tokenizer.TokenRole;
import org.junit.jupiter.api.Test;

class VocabularyMapTest extends FourTokenizers {
  private static final int NONE = -1;

  @Test
  void eosIsEosAndOtherSpecialTokensHaveNone() {
    VocabularyMap map = VocabularyMap.between(unigram, bytes);
    assertThat(map.map(unigram.eosId())).isEqualTo(bytes.eosId());
    assertThat(map.map(unigram.padId())).isEqualTo(NONE);
    assertThat(map.map(2)).as("unknown").isEqualTo(NONE);
    assertThat(VocabularyMap.between(merged, unigram).map(1)).as("BOS").isEqualTo(NONE);
    assertThat(VocabularyMap.between(merged, unigram).map(2)).isEqualTo(unigram.eosId());
  }

  @Test
  void equalBytesMapToEachOther() {
    VocabularyMap map = VocabularyMap.between(llama2, merged);
    assertThat(map.map(id(llama2, "a"))).isEqualTo(3 + 'a');
    VocabularyMap there = VocabularyMap.between(bytes, merged);
    for (int value = 0; value < 256; value++) {
      assertThat(there.map(3 + value)).isEqualTo(3 + value);
    }
  }

  @Test
  void lowestOfSeveralTokensWithEqualBytesIsTaken() {
    // An added token 日本 beside the learned one; text is encoded with the added token first.
    String added =
        """
        "added_tokens" : [ {"id":%d,"content":"日本","single_word":false,"lstrip":false,\
        "rstrip":false,"normalized":false,"special":false},"""
            .formatted(merged.vocabSize());
    try (LmTokenizer twice =
        LmTokenizer.parse(merged.json().replaceFirst("\"added_tokens\" : \\[", added))) {
      int learned = id(merged, "日本");
      assertThat(twice.tokenBytes(merged.vocabSize())).isEqualTo(merged.tokenBytes(learned));
      assertThat(twice.encode("日本")).containsExactly(merged.vocabSize());
      VocabularyMap map = VocabularyMap.between(llama2, twice);
      assertThat(map.map(id(llama2, "日本"))).isEqualTo(learned);
    }
  }

  @Test
  void byteFallbackIsTakenOnlyWhereNoPieceHoldsTheByte() {
    VocabularyMap map = VocabularyMap.between(bytes, llama2);
    assertThat(map.map(3 + 'a')).isEqualTo(llama2.encodeContinuation("a").orElseThrow()[0]);
    assertThat(llama2.isByteFallback(map.map(3 + 'a'))).isFalse();
    assertThat(map.map(3 + '\n')).isEqualTo(3 + 0x0A);
    assertThat(map.map(3 + 0xE4)).isEqualTo(3 + 0xE4);
  }

  @Test
  void otherTextMapsToTheFirstTokenOfItsEncoding() {
    VocabularyMap toBytes = VocabularyMap.between(merged, bytes);
    assertThat(toBytes.map(id(merged, " french"))).isEqualTo(3 + ' ');
    assertThat(toBytes.map(id(merged, "日本"))).as("valid UTF-8").isEqualTo(3 + 0xE6);

    VocabularyMap toLlama2 = VocabularyMap.between(merged, llama2);
    assertThat(llama2.tokenBytes(toLlama2.map(id(merged, " french"))))
        .as("▁, no dummy prefix beside it")
        .isEqualTo(" ".getBytes(UTF_8));
    assertThat(llama2.tokenBytes(toLlama2.map(id(merged, "ent"))))
        .as("as in the middle of a text")
        .isEqualTo("en".getBytes(UTF_8));
  }

  @Test
  void bytesThatAreNoTextMapToTheirFirstByteInByteLevelVocabularies() {
    int partial =
        IntStream.range(259, merged.vocabSize())
            .filter(id -> merged.tokenBytes(id).length > 1)
            .filter(id -> new String(merged.tokenBytes(id), UTF_8).contains("\uFFFD"))
            .findFirst()
            .orElseThrow();
    int first = Byte.toUnsignedInt(merged.tokenBytes(partial)[0]);
    assertThat(VocabularyMap.between(merged, bytes).map(partial)).isEqualTo(3 + first);
    assertThat(VocabularyMap.between(merged, llama2).map(partial)).isEqualTo(NONE);
  }

  @Test
  void textThatTheTargetCannotSpellHasNone() {
    VocabularyMap map = VocabularyMap.between(bytes, unigram);
    assertThat(map.map(3 + '%')).isEqualTo(NONE);
    assertThat(map.map(3 + 0xE4)).isEqualTo(NONE);
  }

  @Test
  void sameVocabularyIsTheIdentity() {
    try (LmTokenizer again = LmTokenizer.parse(merged.json())) {
      VocabularyMap map = VocabularyMap.between(merged, again);
      assertThat(map.identity()).isTrue();
      assertThat(IntStream.range(0, merged.vocabSize()).map(map::map).toArray())
          .isEqualTo(IntStream.range(0, merged.vocabSize()).toArray());
    }
    assertThat(VocabularyMap.between(merged, bytes).identity()).isFalse();
    assertThat(VocabularyMap.identity(5).map(4)).isEqualTo(4);
  }

  @Test
  void idsPastTheVocabularyHaveNone() {
    assertThat(VocabularyMap.between(bytes, merged).map(1_000_000)).isEqualTo(NONE);
    assertThat(VocabularyMap.identity(5).map(5)).isEqualTo(NONE);
  }

  @Test
  void everyTargetIsTextThatBeginsTheToken() {
    for (LmTokenizer from : new LmTokenizer[] {bytes, merged, llama2, unigram}) {
      for (LmTokenizer to : new LmTokenizer[] {bytes, merged, llama2, unigram}) {
        VocabularyMap map = VocabularyMap.between(from, to);
        if (map.identity()) {
          continue;
        }
        int mapped = 0;
        for (int id = 0; id < map.size(); id++) {
          int target = map.map(id);
          mapped += target == NONE ? 0 : 1;
          if (target != NONE && from.role(id) == TokenRole.TEXT) {
            byte[] begin = to.tokenBytes(target);
            assertThat(begin).isNotEmpty();
            assertThat(Arrays.copyOf(from.tokenBytes(id), begin.length)).isEqualTo(begin);
          }
        }
        assertThat(map.mapped()).isEqualTo(mapped).isPositive();
      }
    }
  }

  /** The one token, not a byte fallback, whose bytes are this text. */
  private static int id(LmTokenizer tokenizer, String text) {
    return IntStream.range(0, tokenizer.vocabSize())
        .filter(id -> !tokenizer.isByteFallback(id))
        .filter(id -> Arrays.equals(tokenizer.tokenBytes(id), text.getBytes(UTF_8)))
        .findFirst()
        .orElseThrow();
  }
}
