package org.coplms.udfs.baseline;

import java.io.Serializable;
import org.coplms.proxy.baseline.FedMktConfig;
import org.coplms.udfs.edge.EdgeSpec;
import org.coplms.udfs.model.ModelLocation;

/**
 * A round of FedMKT as devices and server see it.
 *
 * @param edges its DPM and θ count for nothing here
 * @param llm devices read the tokenizer only
 * @param llmMaxTokens longest public text, in tokens of the LLM
 */
public record FedMktSpec(
    EdgeSpec edges,
    FedMktConfig config,
    ModelLocation llm,
    int llmMaxTokens,
    int round,
    FedMktFolders folders)
    implements Serializable {}
