package org.coplms.udfs.baseline;

import java.io.Serializable;
import org.coplms.proxy.cotune.ServerTask;
import org.coplms.udfs.model.ModelLocation;
import org.coplms.udfs.model.TaskSpec;

/**
 * A round of an LLM that learns texts.
 *
 * @param previousState path of the last round's server state; empty before the first round
 * @param roundFolder where state and metrics go
 */
public record LlmSpec(
    ServerTask server, ModelLocation llm, String previousState, String roundFolder, TaskSpec task)
    implements Serializable {}
