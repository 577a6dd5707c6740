package org.coplms.udfs.server;

import java.io.Serializable;
import org.coplms.proxy.tokenizer.PromptFormat;
import org.coplms.udfs.model.ModelLocation;
import org.coplms.udfs.model.TaskSpec;

/** Question-answer pairs that a model shall write: prompts sampled, answers greedy. */
public record GenerationSpec(
    ModelLocation model,
    PromptFormat format,
    int pairs,
    double temperature,
    int maxTokens,
    long seed,
    TaskSpec task)
    implements Serializable {}
