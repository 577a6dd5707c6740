package org.coplms.proxy.cotune;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PromptHashTest {

  /** First 16 hex digits of {@code printf 'text' | sha256sum} (GNU coreutils 9.1). */
  @Test
  void theHashIsTheStartOfSha256OfTheUtf8Bytes() {
    assertThat(PromptHash.of("")).isEqualTo(0xe3b0c44298fc1c14L);
    assertThat(PromptHash.of("7 in swedish?")).isEqualTo(0x113679a4aa1683d2L);
    assertThat(PromptHash.of("åtta 😀")).isEqualTo(0x6168d04d00d5523cL);
  }

  @Test
  void everyPromptIsHashedOnceInAscendingOrder() {
    assertThat(PromptHash.ofAll(List.of("b", "a", "b")))
        .containsExactlyElementsOf(Stream.of("a", "b").map(PromptHash::of).sorted().toList());
    assertThat(PromptHash.ofAll(List.of())).isEmpty();
  }
}
