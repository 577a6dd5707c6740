package org.coplms.udfs.logits;

import java.io.Serializable;

/**
 * What a logit cache was computed with; a cache of another key is refused.
 *
 * @param model content hash of the weights, with the LoRA that was active
 * @param tokenizer hash of the tokenizer
 * @param temperature T of the log-probabilities
 * @param topK K kept for each position
 */
public record CacheKey(String model, String tokenizer, double temperature, int topK)
    implements Serializable {}
