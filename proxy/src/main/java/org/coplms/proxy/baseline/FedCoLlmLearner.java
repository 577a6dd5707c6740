package org.coplms.proxy.baseline;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import org.coplms.proxy.cotune.EdgeInputs;
import org.coplms.proxy.cotune.EdgeLearner;
import org.coplms.proxy.cotune.EdgeResult;
import org.coplms.proxy.cotune.KeptState;
import org.coplms.proxy.cotune.Metrics;
import org.coplms.proxy.cotune.PromptHash;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.train.BaseModel;
import org.coplms.proxy.train.Compute;
import org.coplms.proxy.train.Example;

/**
 * FedCoLLM's server (Fan et al. 2024): the SLM with the devices' averaged tensors and the LLM learn
 * public texts and from each other, by {@link EdgeLearner}.
 *
 * <p>Both optimizers start anew each round: the SLM's tensors are others then.
 */
public final class FedCoLlmLearner {
  private static final String LLM = "llm";

  private FedCoLlmLearner() {}

  /**
   * What the server holds after a round's mean.
   *
   * @param averaged the mean of the devices' tuned tensors
   * @param texts this round's public texts
   * @param state what the server kept of the last round, empty in the first
   */
  public record Inputs(
      BaseModel slm,
      BaseModel llm,
      SortedMap<String, HostTensor> averaged,
      List<Example> texts,
      Optional<KeptState> state) {}

  /**
   * What the round leaves.
   *
   * @param tuned the SLM's tensors for all devices
   * @param state what was tuned of the LLM, in the group {@code llm}
   * @param seen hashes of the prompts that the SLM has met here
   * @param metrics under the stages of a device's round, for the server
   */
  public record Result(
      SortedMap<String, HostTensor> tuned,
      KeptState state,
      SortedSet<Long> seen,
      List<Metrics.Row> metrics) {}

  /**
   * Runs the round.
   *
   * @throws org.coplms.proxy.train.TrainingDivergedException when a gradient is not finite
   */
  public static Result run(FedCoLlmTask task, Inputs inputs, Compute compute) {
    SortedMap<String, HostTensor> slm = new TreeMap<>();
    KeptState.putGroup(slm, "slm", inputs.averaged());
    EdgeInputs mutual =
        new EdgeInputs(
            inputs.slm(),
            inputs.llm(),
            inputs.texts(),
            inputs.state().map(state -> state.group(LLM)).orElseGet(TreeMap::new),
            Optional.of(new KeptState(slm, List.of(), 0)));
    EdgeResult result = EdgeLearner.run(task.mutualLearning(), mutual, compute);
    SortedMap<String, HostTensor> llm = new TreeMap<>();
    KeptState.putGroup(llm, LLM, result.theta());
    return new Result(
        result.state().group("slm"),
        new KeptState(llm, List.of(), 0),
        PromptHash.ofAll(inputs.texts().stream().map(Example::prompt).toList()),
        result.metrics());
  }
}
