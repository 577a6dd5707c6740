package org.coplms.udfs.answer;

import java.io.Serializable;
import org.coplms.proxy.lm.Decoding;
import org.coplms.proxy.tokenizer.PromptFormat;
import org.coplms.udfs.model.TaskSpec;

/**
 * How questions are answered.
 *
 * @param name of the model in the predictions
 * @param batchSize questions answered at once
 */
public record AnswerSpec(
    String name,
    AnsweringModel model,
    PromptFormat format,
    Decoding decoding,
    int batchSize,
    long seed,
    TaskSpec task)
    implements Serializable {}
