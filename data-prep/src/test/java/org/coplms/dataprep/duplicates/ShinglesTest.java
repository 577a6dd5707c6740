package org.coplms.dataprep.duplicates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.apache.spark.ml.linalg.SparseVector;
import org.junit.jupiter.api.Test;

class ShinglesTest {
  private final Shingles shingles = new Shingles(3);

  @Test
  void aShingleIsTheSameWhereverItStands() {
    assertThat(shingles.of("abcab")).hasSize(3);
    assertThat(shingles.of("abcabc")).as("abc twice").hasSize(3);
    assertThat(shingles.occurrences("abcabc")).hasSize(4);
    assertThat(shingles.occurrences("xxabc")[2]).isEqualTo(shingles.occurrences("abcyy")[0]);
    assertThat(shingles.of("abcd")).isSorted().doesNotContain(shingles.of("abd"));
  }

  @Test
  void textsAreNormalized() {
    assertThat(shingles.of("  Ａbc\u00a0\n dE ")).isEqualTo(shingles.of("abc de"));
  }

  @Test
  void aShortTextIsOneShingleTheEmptyOneToo() {
    assertThat(shingles.of("ab")).hasSize(1).isNotEqualTo(shingles.of("ba"));
    assertThat(shingles.of("")).hasSize(1).isEqualTo(shingles.of(" "));
  }

  @Test
  void charactersAreCodePoints() {
    assertThat(shingles.of("😀😁😂")).hasSize(1);
    assertThat(shingles.of("😀😁😂😃")).hasSize(2);
  }

  @Test
  void paragraphsWeighAboutTheSame() {
    String passage = "the quick brown fox jumps over the lazy dog ".repeat(20);
    String question = "where does the fox live, and with whom?";
    for (String asked : List.of(question, "why?", "y", "z ".repeat(40) + question)) {
      int[] both = shingles.of(passage + "\n \n\n" + asked);
      int[] other = shingles.of(passage + "\n\n" + "0 1 2 3 4 5 6 7 8 9 ".repeat(9));

      double shared = OverlapTest.similarity(both, other);

      assertThat(both.length).isBetween(32 + 17, 64);
      assertThat(shared).as("of equal parts a third").isBetween(0.32, 0.4);
    }
  }

  @Test
  void aParagraphGivesTheSameSampleWhereverItStands() {
    String first = "one paragraph of forty characters or more";
    String second = "another paragraph, of a different text";

    assertThat(shingles.of(first + "\n\n" + second))
        .isEqualTo(shingles.of(second + "\n\n" + first));
    assertThat(shingles.of("\n\n" + first + "\n\n \n")).isEqualTo(shingles.of(first));
    assertThat(shingles.of(first + "\n" + second)).isEqualTo(shingles.of(first + " " + second));
  }

  @Test
  void theVectorHasOneAtEachIndex() {
    SparseVector vector = shingles.vector("some text").toSparse();

    assertThat(vector.indices()).isEqualTo(shingles.of("some text"));
    assertThat(vector.values()).hasSize(7).containsOnly(1);
    assertThat(vector.size()).isEqualTo(Shingles.DIMENSION);
  }

  @Test
  void aLengthThatIsNotPositiveIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Shingles(0))
        .withMessageContaining("got 0");
  }
}
