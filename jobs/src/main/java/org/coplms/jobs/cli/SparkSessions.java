package org.coplms.jobs.cli;

import java.util.Optional;
import org.apache.spark.SparkConf;
import org.coplms.jobs.config.SparkSettings;

/**
 * Properties of the Spark session: spark-submit's where there is one, an embedded Spark's
 * otherwise. What spark-submit or the settings say is never overridden, but by the {@code --master}
 * flag.
 */
final class SparkSessions {
  private SparkSessions() {}

  /** Master: flag, then spark-submit's, then the setting, then {@code local[*]}. */
  static SparkConf configure(SparkConf conf, SparkSettings settings, Optional<String> masterFlag) {
    boolean submitted = submitted(conf);
    settings.options().forEach(conf::setIfMissing);
    masterFlag.ifPresent(conf::setMaster);
    conf.setIfMissing("spark.master", settings.master().orElse("local[*]"));
    refuseWithoutSubmit(conf);
    conf.setIfMissing("spark.app.name", "coplms");
    // Spinning OpenMP threads starve one another where tasks share cores.
    conf.setIfMissing("spark.executorEnv.OMP_WAIT_POLICY", "passive");
    conf.setIfMissing("spark.sql.session.timeZone", "UTC");
    if (!submitted) {
      conf.setIfMissing("spark.ui.enabled", "false");
      conf.setIfMissing("spark.ui.showConsoleProgress", "false");
    }
    if (conf.get("spark.master").startsWith("local")) {
      conf.setIfMissing(
          "spark.sql.shuffle.partitions", String.valueOf(settings.shufflePartitions()));
      conf.setIfMissing("spark.driver.host", "127.0.0.1");
      conf.setIfMissing("spark.driver.bindAddress", "127.0.0.1");
    }
    return conf;
  }

  private static void refuseWithoutSubmit(SparkConf conf) {
    String master = conf.get("spark.master");
    if (!submitted(conf) && !master.startsWith("local") && !conf.contains("spark.jars")) {
      throw new IllegalArgumentException(
          "the master %s needs spark-submit, which takes the program to the executors; set SPARK_HOME to a Spark 3.5 distribution"
              .formatted(master));
    }
  }

  private static boolean submitted(SparkConf conf) {
    return conf.contains("spark.submit.deployMode");
  }
}
