package org.coplms.proxy.cotune;

import ai.djl.ndarray.NDManager;
import java.util.SortedMap;
import java.util.function.Supplier;
import org.coplms.proxy.lm.LanguageModel;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.train.BaseModel;
import org.coplms.proxy.train.Compute;
import org.coplms.proxy.train.Trainee;

/**
 * The SLM and the DPM of one edge device, ready to be tuned, with everything they own in torch.
 *
 * <p>Four disjoint sets of tensors are trainable; each phase records only its own.
 */
final class EdgeModels implements AutoCloseable {
  private final SlmTuning slm;
  private final NDManager manager;
  private final LanguageModel dpm;
  private final Trainee dpmAdapter;
  private final Trainee theta;
  private final ThetaConfig thetaConfig;

  private EdgeModels(EdgeTask task, SlmTuning slm, BaseModel dpmBase, NDManager manager) {
    this.slm = slm;
    this.manager = manager;
    this.dpm = dpmBase.instantiate(manager);
    task.theta().attach(dpm, task.deviceSeed("theta"));
    dpm.attachAdapter(task.edge().dpmAdapter(), task.deviceSeed("dpm-adapter"));
    this.dpmAdapter = new Trainee(dpm.adapterParameters(), task.edge().slm().adapterOptimizer());
    this.thetaConfig = task.theta();
    this.theta = new Trainee(task.theta().trained(dpm), task.edge().saml().theta());
  }

  /** Opens both models with the received θ and, after the first round, the device's own state. */
  static EdgeModels open(EdgeTask task, EdgeInputs inputs, Compute compute) {
    SlmTuning slm =
        SlmTuning.open(inputs.slm(), task.edge().slm(), task.deviceSeed("slm"), compute);
    NDManager manager = compute.newManager();
    try {
      EdgeModels models = new EdgeModels(task, slm, inputs.dpm(), manager);
      models.dpm.setParameters(inputs.theta());
      inputs.state().ifPresent(slm::restore);
      inputs.state().ifPresent(kept -> models.dpm.setParameters(kept.group("dpm-adapter")));
      return models;
    } catch (RuntimeException e) {
      slm.close();
      manager.close();
      throw e;
    }
  }

  /** Everything but θ, to be kept on the device. */
  SortedMap<String, HostTensor> snapshot() {
    SortedMap<String, HostTensor> tensors = slm.snapshot();
    KeptState.putGroup(tensors, "dpm-adapter", dpmAdapter.values());
    return tensors;
  }

  SlmTuning slm() {
    return slm;
  }

  /** θ as it stands: what is trained of it and what is frozen. */
  SortedMap<String, HostTensor> thetaValues() {
    return HostTensor.copyOf(thetaConfig.parameters(dpm));
  }

  LanguageModel dpm() {
    return dpm;
  }

  Trainee dpmAdapter() {
    return dpmAdapter;
  }

  Trainee theta() {
    return theta;
  }

  /** Runs {@code body} with the SLM's tuned tensors and θ recorded. */
  <T> T recordingMutual(Supplier<T> body) {
    return theta.recording(() -> slm.tuned().recording(body));
  }

  /** One batch's arrays: a manager that the caller closes. */
  NDManager newStep() {
    return manager.newSubManager();
  }

  @Override
  public void close() {
    slm.close();
    theta.close();
    dpmAdapter.close();
    dpm.close();
    manager.close();
  }
}
