package org.coplms.udfs.server;

import java.io.Serializable;
import org.coplms.proxy.tokenizer.PromptFormat;
import org.coplms.proxy.train.PretrainConfig;
import org.coplms.udfs.model.TaskSpec;

/**
 * One model to train from scratch.
 *
 * @param modelJson its Hugging Face configuration; the tokenizer's size replaces {@code vocab_size}
 * @param folder where its tokenizer stands and its weights go
 */
public record PretrainSpec(
    String modelJson,
    String folder,
    PromptFormat format,
    PretrainConfig config,
    long seed,
    TaskSpec task)
    implements Serializable {}
