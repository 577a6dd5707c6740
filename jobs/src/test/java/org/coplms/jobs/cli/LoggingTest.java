package org.coplms.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.spark.executor.Executor;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class LoggingTest {
  @Test
  void sparkLogsThroughLog4jWithOurSettings() {
    assertThat(LoggerFactory.getILoggerFactory().getClass().getName())
        .isEqualTo("org.apache.logging.slf4j.Log4jLoggerFactory");
    Logger spark = LoggerFactory.getLogger(SparkSession.class);
    assertThat(spark.isWarnEnabled()).isTrue();
    assertThat(spark.isInfoEnabled()).isFalse();
    assertThat(LoggerFactory.getLogger(Executor.class).isErrorEnabled()).isFalse();
  }
}
