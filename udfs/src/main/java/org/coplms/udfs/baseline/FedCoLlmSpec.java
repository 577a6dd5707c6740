package org.coplms.udfs.baseline;

import java.io.Serializable;
import org.coplms.proxy.baseline.FedCoLlmTask;
import org.coplms.udfs.model.ModelLocation;
import org.coplms.udfs.model.TaskSpec;

/**
 * FedCoLLM's server in a round, as a task.
 *
 * @param previousState path of the last round's server state; empty before the first round
 * @param roundFolder where state and metrics go
 */
public record FedCoLlmSpec(
    FedCoLlmTask server,
    ModelLocation slm,
    ModelLocation llm,
    String previousState,
    String roundFolder,
    TaskSpec task)
    implements Serializable {}
