package org.coplms.jobs.config;

/**
 * Intra-operation threads of a learning task; part of what makes a run repeatable bit for bit, so
 * they do not follow the machine's number of cores.
 *
 * @param edgeThreads of an edge device's task
 * @param serverThreads of a task that works with the LLM
 */
public record ComputeSettings(int edgeThreads, int serverThreads) {
  public ComputeSettings {
    if (edgeThreads < 1 || serverThreads < 1) {
      throw new IllegalArgumentException(
          "edge-threads and server-threads must be at least 1, got %d and %d"
              .formatted(edgeThreads, serverThreads));
    }
  }
}
