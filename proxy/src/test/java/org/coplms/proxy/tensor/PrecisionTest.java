package org.coplms.proxy.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PrecisionTest {
  @ParameterizedTest
  @EnumSource(Precision.class)
  void theNameThatHuggingFaceGivesItIsUnderstood(Precision precision) {
    assertThat(Precision.parse(precision.hfName())).isEqualTo(precision);
  }

  @Test
  void anotherTypeIsRefusedWithThoseThereAre() {
    assertThatThrownBy(() -> Precision.parse("float16"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("dtype 'float16' is not supported; use one of float32, bfloat16");
  }

  @Test
  void vectorsStayFloat32() {
    assertThat(Precision.BFLOAT16.of(new long[] {7})).isEqualTo(Precision.FLOAT32);
    assertThat(Precision.BFLOAT16.of(new long[] {7, 3})).isEqualTo(Precision.BFLOAT16);
    assertThat(Precision.FLOAT32.of(new long[] {7, 3})).isEqualTo(Precision.FLOAT32);
  }
}
