package org.coplms.proxy.baseline;

import java.io.Serializable;
import org.coplms.proxy.cotune.DstConfig;
import org.coplms.proxy.cotune.EdgeConfig;
import org.coplms.proxy.cotune.EdgeTask;
import org.coplms.proxy.cotune.Metrics;
import org.coplms.proxy.cotune.RehearsalConfig;
import org.coplms.proxy.cotune.SamlConfig;
import org.coplms.proxy.cotune.ServerConfig;
import org.coplms.proxy.cotune.ServerTask;

/**
 * What FedCoLLM's server does in a round.
 *
 * @param server seed, round and, of the settings, batches, temperature, top-K and what is tuned of
 *     the LLM by which optimizer
 * @param edge how the SLM is tuned
 */
public record FedCoLlmTask(ServerTask server, EdgeConfig edge, FedCoLlmConfig config)
    implements Serializable {

  /**
   * The same as a device's task: the LLM stands where the DPM stands, what is tuned of it where θ
   * stands, public examples are the private ones, and all but mutual learning is off.
   */
  EdgeTask mutualLearning() {
    ServerConfig settings = server.server();
    SamlConfig saml =
        new SamlConfig(
            config.steps(),
            config.lambda(),
            config.lambda(),
            settings.temperature(),
            settings.topK(),
            1, // the LLM has no domain adapter
            settings.llm());
    return new EdgeTask(
        server.runSeed(),
        server.round(),
        server.rounds(),
        Metrics.SERVER,
        new EdgeConfig(
            settings.batchSize(),
            settings.maxTokens(),
            edge.slm(),
            edge.dpmAdapter(),
            new DstConfig(0),
            saml,
            withoutSteps(edge.rehearsal())),
        settings.tunedLlm(),
        server.format());
  }

  private static RehearsalConfig withoutSteps(RehearsalConfig rehearsal) {
    return new RehearsalConfig(
        0,
        0,
        rehearsal.temperature(),
        rehearsal.globalShare(),
        rehearsal.keep(),
        rehearsal.capacity(),
        rehearsal.lambda(),
        rehearsal.maxTokens(),
        0);
  }
}
