package org.coplms.proxy.lm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AlibiTest {
  @Test
  void slopesOfAPowerOfTwoAreAGeometricSequence() {
    assertThat(Alibi.slopes(8))
        .containsExactly(0.5f, 0.25f, 0.125f, 0.0625f, 0.03125f, 1 / 64f, 1 / 128f, 1 / 256f);
    assertThat(Alibi.slopes(1)).containsExactly(1 / 256f);
  }

  @Test
  void otherNumbersOfHeadsAddEveryOtherSlopeOfTheNextPower() {
    float half = (float) Math.sqrt(0.5);

    assertThat(Alibi.slopes(12))
        .usingComparatorWithPrecision(1e-7f)
        .startsWith(Alibi.slopes(8))
        .endsWith(half, half / 2, half / 4, half / 8);
    assertThat(Alibi.slopes(3)).containsExactly(1 / 16f, 1 / 256f, 1 / 4f);
  }
}
