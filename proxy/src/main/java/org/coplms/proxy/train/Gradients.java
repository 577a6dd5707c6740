package org.coplms.proxy.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.SortedMap;
import org.coplms.proxy.tensor.Torch;

/** The gradients that differentiation has left at a set of parameters. */
final class Gradients {
  private Gradients() {}

  /** Handles in the order of the names; the caller closes the list. */
  static NDList of(SortedMap<String, NDArray> parameters) {
    NDList gradients = new NDList(parameters.size());
    parameters.values().forEach(parameter -> gradients.add(parameter.getGradient()));
    return gradients;
  }

  /** ‖(‖g₁‖, ‖g₂‖, …)‖: one number comes back from torch. */
  static double norm(NDList gradients) {
    NDList norms = new NDList(gradients.size());
    gradients.forEach(gradient -> norms.add(gradient.norm()));
    try (norms;
        NDArray stacked = NDArrays.stack(norms);
        NDArray norm = stacked.norm()) {
      return norm.getFloat();
    }
  }

  /** The norm over all parameters, whose gradients are zero afterwards. */
  static double takeNorm(SortedMap<String, NDArray> parameters) {
    return Torch.withoutRecording(
        () -> {
          try (NDList gradients = of(parameters)) {
            double norm = norm(gradients);
            parameters.values().forEach(parameter -> JniUtils.zeroGrad((PtNDArray) parameter));
            return norm;
          }
        });
  }
}
