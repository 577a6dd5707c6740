package org.coplms.udfs.server;

import java.io.Serializable;
import org.coplms.proxy.distill.DistillConfig;
import org.coplms.proxy.tokenizer.PromptFormat;
import org.coplms.udfs.logits.CacheKey;
import org.coplms.udfs.model.ModelLocation;
import org.coplms.udfs.model.TaskSpec;

/**
 * A DPM to distill.
 *
 * @param freshJson Hugging Face configuration of a DPM that starts from random weights; empty when
 *     it is cut from the LLM
 * @param folder where the DPM goes
 */
public record DistillSpec(
    DistillConfig config,
    String freshJson,
    ModelLocation llm,
    String folder,
    CacheKey key,
    PromptFormat format,
    long seed,
    TaskSpec task)
    implements Serializable {}
