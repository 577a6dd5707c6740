package org.coplms.jobs.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.coplms.jobs.config.CompareSettings;
import org.coplms.jobs.config.ConfigLayers;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MethodTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "quickstart.conf",
        "compare.conf",
        "compare-quick.conf",
        "tuning.conf",
        "cldr-known.conf",
        "wordnet.conf"
      })
  void everyMethodOfAShippedComparisonHasSettingsThatBind(String profile) {
    ConfigLayers layers = ConfigLayers.ofProfile(Map.of(), profile);
    CompareSettings compare = layers.bindComparison();
    assertThat(Method.of(compare, layers))
        .extracting(Method::name)
        .containsExactlyElementsOf(compare.methods());
  }
}
