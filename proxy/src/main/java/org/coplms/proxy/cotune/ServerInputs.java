package org.coplms.proxy.cotune;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.coplms.proxy.mutual.PeerLogits;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.train.BaseModel;
import org.coplms.proxy.train.Example;

/**
 * What the server holds after a round's merge.
 *
 * @param theta the merged LoRA of the DPM
 * @param publicExamples this round's public examples
 * @param llmLogits the LLM's logits for each of them, by example id, over prompt and response
 * @param state what the server kept of the last round, empty in the first
 */
public record ServerInputs(
    BaseModel dpm,
    BaseModel llm,
    SortedMap<String, HostTensor> theta,
    List<Example> publicExamples,
    PeerLogits llmLogits,
    Optional<KeptState> state) {}
