package org.coplms.proxy.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class PerplexityTest {

  @Test
  void isTheSizeOfAUniformVocabulary() {
    assertThat(Perplexity.ofMean(Math.log(400), 12).value()).isCloseTo(400, within(1e-9));
  }

  @Test
  void weighsBatchesByTheirTokens() {
    Perplexity sum = Perplexity.ofMean(1, 30).plus(Perplexity.ofMean(5, 10));
    assertThat(sum.meanNats()).isEqualTo(2);
    assertThat(sum.value()).isCloseTo(Math.exp(2), within(1e-12));
  }

  @Test
  void ofACertainModelIsOne() {
    assertThat(new Perplexity(0, 5).value()).isEqualTo(1);
  }

  @Test
  void emptyBatchesAddNothing() {
    assertThat(Perplexity.ofMean(Double.NaN, 0)).isEqualTo(Perplexity.ZERO);
    Perplexity one = Perplexity.ofMean(1.5, 4);
    assertThat(one.plus(Perplexity.ZERO)).isEqualTo(one);
    assertThat(Perplexity.ZERO.value()).isNaN();
  }

  @Test
  void refusesWhatIsNoLikelihood() {
    assertThatIllegalArgumentException().isThrownBy(() -> Perplexity.ofMean(Double.NaN, 3));
    assertThatIllegalArgumentException().isThrownBy(() -> new Perplexity(-1, 3));
    assertThatIllegalArgumentException().isThrownBy(() -> new Perplexity(1, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> new Perplexity(0, -1));
  }
}
