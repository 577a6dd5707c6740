package org.coplms.dataprep.domains;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class DomainNamesTest {
  private static final String[] TERMS = {"a", "b", "please"};

  @Test
  void aTermThatAllDomainsShareComesAfterTheirOwn() {
    double[][] weights = {{0.5, 0, 0.6}, {0, 0.5, 0.6}};
    assertThat(DomainNames.terms(weights, TERMS, 5))
        .containsExactly(List.of("a", "please"), List.of("b", "please"));
  }

  @Test
  void ofEqualTermsTheFirstInTheAlphabetWins() {
    assertThat(DomainNames.terms(new double[][] {{1, 1, 1}}, TERMS, 2))
        .containsExactly(List.of("a", "b"));
  }

  @Test
  void namesAreUniqueAndNoneIsReserved() {
    List<List<String>> terms =
        List.of(List.of("a", "b"), List.of("a", "b"), List.of("other"), List.of("a", "b", "c"));
    assertThat(DomainNames.names(terms, 2, "other"))
        .containsExactly("a-b", "a-b-2", "other-2", "a-b-3");
  }

  @Test
  void longTermsStillMakeTheNameOfAFolder() {
    List<String> emoji = List.of("𝒳".repeat(60), "y".repeat(60), "z".repeat(60), "w".repeat(60));
    assertThat(DomainNames.names(List.of(emoji), 4, "other"))
        .containsExactly(
            "𝒳".repeat(24) + "-" + "y".repeat(24) + "-" + "z".repeat(24) + "-" + "w".repeat(24));
    List<String> ten = List.copyOf(Collections.nCopies(10, "ab".repeat(20)));
    assertThat(DomainNames.names(List.of(ten), 10, "other").get(0).getBytes(StandardCharsets.UTF_8))
        .hasSizeBetween(150, 180);
  }
}
