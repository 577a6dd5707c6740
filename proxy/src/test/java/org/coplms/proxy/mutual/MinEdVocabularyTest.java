package org.coplms.proxy.mutual;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.coplms.proxy.tokenizer.LmTokenizer;
import org.coplms.proxy.tokenizer.TokenRole;
import org.junit.jupiter.api.Test;

class MinEdVocabularyTest extends FourTokenizers {
  @Test
  void oneVocabularyMapsToItself() {
    MinEdVocabulary map = MinEdVocabulary.between(merged, merged);
    for (int id = 0; id < merged.vocabSize(); id++) {
      assertThat(map.map(id)).isEqualTo(id);
    }
  }

  @Test
  void eosIsEosAndOtherSpecialTokensHaveNone() {
    MinEdVocabulary map = MinEdVocabulary.between(unigram, bytes);
    assertThat(map.map(unigram.eosId())).isEqualTo(bytes.eosId());
    assertThat(map.map(unigram.padId())).isEqualTo(-1);
    assertThat(map.map(2)).as("unknown").isEqualTo(-1);
    assertThat(map.map(unigram.vocabSize())).as("padded").isEqualTo(-1);
  }

  @Test
  void everyTokenHasTheNearestOfTheOtherVocabulary() {
    assertNearest(merged, bytes);
    assertNearest(bytes, merged);
    assertNearest(llama2, merged);
    assertNearest(merged, llama2);
    assertNearest(unigram, merged);
  }

  @Test
  void byteFallbackStandsForItsByteOnlyWhereNoPieceHoldsIt() {
    MinEdVocabulary map = MinEdVocabulary.between(bytes, llama2);
    int a = map.map(3 + 'a');
    assertThat(llama2.isByteFallback(a)).isFalse();
    assertThat(llama2.tokenBytes(a)).isEqualTo("a".getBytes(UTF_8));
    int lone = map.map(3 + 0xF0);
    assertThat(llama2.isByteFallback(lone)).isTrue();
    assertThat(llama2.tokenBytes(lone)).containsExactly(0xF0);
  }

  @Test
  void aPairOfTokenizersIsRemembered() {
    assertThat(MinEdVocabulary.between(merged, bytes))
        .isSameAs(MinEdVocabulary.between(merged, bytes))
        .isNotSameAs(MinEdVocabulary.between(bytes, merged));
  }

  /** Against a search of the whole vocabulary. */
  private static void assertNearest(LmTokenizer from, LmTokenizer to) {
    MinEdVocabulary map = MinEdVocabulary.between(from, to);
    for (int id = 0; id < from.vocabSize(); id++) {
      if (from.role(id) == TokenRole.TEXT) {
        assertThat(map.map(id)).as("token %d", id).isEqualTo(nearest(from.tokenBytes(id), to));
      }
    }
  }

  private static int nearest(byte[] text, LmTokenizer to) {
    int found = -1;
    int least = Integer.MAX_VALUE;
    for (boolean fallback : new boolean[] {false, true}) {
      for (int id = 0; id < to.vocabSize(); id++) {
        byte[] candidate = to.tokenBytes(id);
        boolean counts = !fallback || (least > 0 && Arrays.equals(candidate, text));
        if (candidate.length > 0 && to.isByteFallback(id) == fallback && counts) {
          int distance = MinEdDistance.of(text, candidate);
          if (distance < least) {
            least = distance;
            found = id;
          }
        }
      }
    }
    return found;
  }
}
