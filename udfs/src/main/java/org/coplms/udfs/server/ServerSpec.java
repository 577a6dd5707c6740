package org.coplms.udfs.server;

import java.io.Serializable;
import java.util.Optional;
import org.coplms.proxy.cotune.ServerTask;
import org.coplms.udfs.logits.CacheKey;
import org.coplms.udfs.model.ModelLocation;
import org.coplms.udfs.model.TaskSpec;

/**
 * The server's part of a round, as a task.
 *
 * @param previousState path of the last round's server state; empty before the first round
 * @param roundFolder where the tuned proxy, the state and the metrics go
 */
public record ServerSpec(
    ServerTask server,
    ModelLocation dpm,
    ModelLocation llm,
    CacheKey key,
    String previousState,
    String roundFolder,
    TaskSpec task)
    implements Serializable {

  /** Name of the server's state in a round's folder. */
  public static final String STATE = "server.safetensors";

  /** Name of the DPM's LoRA in a round's folder. */
  public static final String PROXY = "proxy.safetensors";

  /** Name of the server's metrics in a round's folder. */
  public static final String METRICS = "server.metrics.json";

  Optional<String> previous() {
    return Optional.of(previousState).filter(path -> !path.isEmpty());
  }
}
