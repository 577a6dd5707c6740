package org.coplms.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Optional;
import org.apache.spark.SparkConf;
import org.coplms.jobs.config.SparkSettings;
import org.junit.jupiter.api.Test;

class SparkSessionsTest {
  private static final SparkSettings SETTINGS =
      new SparkSettings(Optional.empty(), 4, Map.of("spark.x", "setting"));

  @Test
  void isEmbeddedAndQuietByDefault() {
    SparkConf conf = SparkSessions.configure(new SparkConf(false), SETTINGS, Optional.empty());
    assertThat(conf.get("spark.master")).isEqualTo("local[*]");
    assertThat(conf.get("spark.ui.enabled")).isEqualTo("false");
    assertThat(conf.get("spark.sql.shuffle.partitions")).isEqualTo("4");
    assertThat(conf.get("spark.executorEnv.OMP_WAIT_POLICY")).isEqualTo("passive");
    assertThat(conf.get("spark.x")).isEqualTo("setting");
  }

  @Test
  void keepsWhatSparkSubmitSays() {
    SparkConf submitted =
        new SparkConf(false)
            .set("spark.submit.deployMode", "client")
            .set("spark.master", "yarn")
            .set("spark.x", "submitted");
    SparkConf conf =
        SparkSessions.configure(
            submitted,
            new SparkSettings(Optional.of("local[1]"), 4, Map.of("spark.x", "setting")),
            Optional.empty());
    assertThat(conf.get("spark.master")).isEqualTo("yarn");
    assertThat(conf.get("spark.x")).isEqualTo("submitted");
    assertThat(conf.contains("spark.ui.enabled")).isFalse();
    assertThat(conf.contains("spark.sql.shuffle.partitions")).isFalse();
  }

  @Test
  void refusesAClusterWithoutSparkSubmit() {
    assertThatThrownBy(
            () ->
                SparkSessions.configure(
                    new SparkConf(false), SETTINGS, Optional.of("spark://host:7077")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("spark://host:7077")
        .hasMessageContaining("SPARK_HOME");
  }

  @Test
  void theFlagDecidesTheMaster() {
    SparkConf conf =
        SparkSessions.configure(
            new SparkConf(false).set("spark.master", "yarn"), SETTINGS, Optional.of("local[2]"));
    assertThat(conf.get("spark.master")).isEqualTo("local[2]");
  }
}
