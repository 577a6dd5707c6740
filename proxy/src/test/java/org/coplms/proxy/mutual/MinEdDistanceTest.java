package org.coplms.proxy.mutual;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MinEdDistanceTest {
  @ParameterizedTest
  @CsvSource({
    "kitten, sitting, 3",
    "flaw, lawn, 2",
    "utilize, util, 3",
    "utilize, ize, 4",
    "it, ize, 2",
    "abc, '', 3",
    "'', '', 0",
    "é, e, 2"
  })
  void insertionsDeletionsAndSubstitutionsOfBytesCount(String a, String b, int expected) {
    assertThat(MinEdDistance.of(a.getBytes(UTF_8), b.getBytes(UTF_8))).isEqualTo(expected);
    assertThat(MinEdDistance.of(b.getBytes(UTF_8), a.getBytes(UTF_8))).isEqualTo(expected);
  }

  @Test
  void aLimitCutsTheSearchShortAndNothingElse() {
    byte[] a = "kitten".getBytes(UTF_8);
    byte[] b = "sitting".getBytes(UTF_8);
    for (int limit = 0; limit < 8; limit++) {
      int distance = MinEdDistance.atMost(a, b, limit);
      if (limit < 3) {
        assertThat(distance).isGreaterThan(limit);
      } else {
        assertThat(distance).isEqualTo(3);
      }
    }
  }
}
