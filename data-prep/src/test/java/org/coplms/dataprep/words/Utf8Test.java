package org.coplms.dataprep.words;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class Utf8Test {
  @Property
  void lengthIsThatOfTheEncodedText(@ForAll String text) {
    assertThat(Utf8.length(text)).isEqualTo(text.getBytes(StandardCharsets.UTF_8).length);
  }

  @Example
  void pairsAndHalvesOfPairsCount() {
    assertThat(Utf8.length("a\u00e9\u65e5\ud83d\ude00")).isEqualTo(1 + 2 + 3 + 4);
    assertThat(Utf8.length("\ud83d")).isEqualTo(1);
    assertThat(Utf8.length("\ude00\ud83d")).isEqualTo(2);
  }
}
