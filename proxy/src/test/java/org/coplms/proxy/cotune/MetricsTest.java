package org.coplms.proxy.cotune;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MetricsTest {

  @Test
  void rowsAreMeansInTheOrderOfStageAndName() {
    Metrics metrics = new Metrics();
    metrics.observe("saml", "b", 1);
    metrics.observe("dst", "c", 5);
    metrics.observe("saml", "a", 7);
    metrics.observe("saml", "b", 2);
    assertThat(metrics.rows(4, 9))
        .containsExactly(
            new Metrics.Row(4, 9, "dst", "c", 5),
            new Metrics.Row(4, 9, "saml", "a", 7),
            new Metrics.Row(4, 9, "saml", "b", 1.5));
  }

  @Test
  void nothingObservedGivesNoRow() {
    assertThat(new Metrics().rows(1, 1)).isEmpty();
  }
}
