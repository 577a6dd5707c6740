package org.coplms.jobs.pipeline;

import org.apache.spark.sql.SparkSession;
import org.coplms.jobs.config.Settings;
import org.coplms.jobs.progress.Progress;
import org.coplms.jobs.store.RunStore;

/** What a stage works with; lives on the driver only. */
public record RunContext(
    SparkSession spark, RunStore store, Settings settings, Progress progress) {}
