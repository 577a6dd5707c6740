package org.coplms.udfs.answer;

import ai.djl.ndarray.NDManager;
import java.io.Serializable;
import java.util.SortedMap;
import org.apache.hadoop.conf.Configuration;
import org.coplms.proxy.cotune.KeptState;
import org.coplms.proxy.cotune.SlmConfig;
import org.coplms.proxy.cotune.SlmTuning;
import org.coplms.proxy.cotune.ThetaConfig;
import org.coplms.proxy.cotune.TuningScope;
import org.coplms.proxy.lm.LanguageModel;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.tensor.Safetensors;
import org.coplms.proxy.train.BaseModel;
import org.coplms.udfs.edge.EdgeSpec;
import org.coplms.udfs.edge.RoundFolders;
import org.coplms.udfs.model.ModelCache;
import org.coplms.udfs.model.ModelLocation;
import org.coplms.udfs.store.HadoopFiles;

/** Which model answers the questions of a device, or of the server. */
public sealed interface AnsweringModel extends Serializable {

  /** Where the checkpoint under it is. */
  ModelLocation checkpoint(int device);

  /** Whether every weight of it was tuned, or no more than a LoRA. */
  TuningScope tuning();

  /** The checkpoint under it. */
  default BaseModel base(int device, Configuration files) {
    return ModelCache.get(checkpoint(device), files);
  }

  /** The model with everything that was tuned; owned by {@code owner}. */
  LanguageModel open(int device, Configuration files, NDManager owner);

  /** The SLM of the device, with the state that stands in {@code states}. */
  record TunedSlm(EdgeSpec edge, String states) implements AnsweringModel {
    @Override
    public ModelLocation checkpoint(int device) {
      return edge.slm(device);
    }

    @Override
    public TuningScope tuning() {
      return edge.edge().slm().tuning();
    }

    @Override
    public LanguageModel open(int device, Configuration files, NDManager owner) {
      KeptState state =
          KeptState.fromBytes(HadoopFiles.read(RoundFolders.state(states, device), files));
      return SlmTuning.tuned(base(device, files), edge.edge().slm(), state, owner);
    }
  }

  /**
   * The SLM of one edge device whoever asks, with the state that its device kept.
   *
   * @param state path of the file
   */
  record KeptSlm(ModelLocation location, SlmConfig slm, String state) implements AnsweringModel {
    @Override
    public ModelLocation checkpoint(int device) {
      return location;
    }

    @Override
    public TuningScope tuning() {
      return slm.tuning();
    }

    @Override
    public LanguageModel open(int device, Configuration files, NDManager owner) {
      KeptState kept = KeptState.fromBytes(HadoopFiles.read(state, files));
      return SlmTuning.tuned(base(device, files), slm, kept, owner);
    }
  }

  /** The SLM of the device, as it was before any tuning. */
  record UntunedSlm(EdgeSpec edge) implements AnsweringModel {
    @Override
    public ModelLocation checkpoint(int device) {
      return edge.slm(device);
    }

    @Override
    public TuningScope tuning() {
      return TuningScope.LORA;
    }

    @Override
    public LanguageModel open(int device, Configuration files, NDManager owner) {
      return base(device, files).instantiate(owner);
    }
  }

  /** One model of the server whoever asks, untuned. */
  record Untuned(ModelLocation location) implements AnsweringModel {
    @Override
    public ModelLocation checkpoint(int device) {
      return location;
    }

    @Override
    public TuningScope tuning() {
      return TuningScope.LORA;
    }

    @Override
    public LanguageModel open(int device, Configuration files, NDManager owner) {
      return base(device, files).instantiate(owner);
    }
  }

  /**
   * One model of the server with what was tuned of it.
   *
   * @param tuned which of its tensors those are
   * @param group group of the tensors in the file, empty when they stand alone
   */
  record Tuned(ModelLocation location, ThetaConfig tuned, String path, String group)
      implements AnsweringModel {
    @Override
    public ModelLocation checkpoint(int device) {
      return location;
    }

    @Override
    public TuningScope tuning() {
      return tuned.scope();
    }

    @Override
    public LanguageModel open(int device, Configuration files, NDManager owner) {
      byte[] bytes = HadoopFiles.read(path, files);
      SortedMap<String, HostTensor> tensors =
          group.isEmpty() ? Safetensors.fromBytes(bytes) : KeptState.fromBytes(bytes).group(group);
      LanguageModel model = base(device, files).instantiate(owner);
      tuned.attach(model, 0);
      model.setParameters(tensors);
      return model;
    }
  }
}
