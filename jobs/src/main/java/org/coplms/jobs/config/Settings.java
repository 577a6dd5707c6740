package org.coplms.jobs.config;

import org.coplms.proxy.tokenizer.TextFormat;

/**
 * The whole configuration: what stands under {@code coplms}.
 *
 * @param seed every random choice of the run derives from it
 * @param spark the Spark session
 * @param compute threads of the learning tasks
 * @param text how prompt and response become one text
 * @param data where examples come from and how edge devices share them
 * @param models the LLM and the SLMs
 * @param dpm how the proxy model is made
 * @param cotune the rounds
 * @param evaluation how answers are generated and scored
 */
public record Settings(
    long seed,
    SparkSettings spark,
    ComputeSettings compute,
    TextFormat text,
    DataSettings data,
    ModelsSettings models,
    DpmSettings dpm,
    CotuneSettings cotune,
    EvaluationSettings evaluation) {}
