package org.coplms.proxy.merge;

import java.util.Collection;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.coplms.proxy.tensor.HostTensor;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.NormOps_DDRM;

/** Small θ of two modules, and brute force on their products. */
final class Thetas {
  static final String Q = "base_model.model.model.layers.0.self_attn.q_proj";
  static final String V = "base_model.model.model.layers.0.self_attn.v_proj";
  static final int RANK = 3;
  static final double SCALING = 2;
  private static final int IN = 7;
  private static final int OUT_Q = 9;
  private static final int OUT_V = 5;

  private Thetas() {}

  /** Random factors, about 1 in size. */
  static SortedMap<String, HostTensor> random(long seed) {
    return random(seed, RANK);
  }

  static SortedMap<String, HostTensor> random(long seed, int rank) {
    SplittableRandom random = new SplittableRandom(seed);
    SortedMap<String, HostTensor> theta = new TreeMap<>();
    theta.put(Q + ".lora_A.weight", matrix(random, rank, IN));
    theta.put(Q + ".lora_B.weight", matrix(random, OUT_Q, rank));
    theta.put(V + ".lora_A.weight", matrix(random, rank, IN));
    theta.put(V + ".lora_B.weight", matrix(random, OUT_V, rank));
    return theta;
  }

  /** B of {@code seed} beside A of {@code frozen}: what {@code ffa} trains. */
  static SortedMap<String, HostTensor> withFrozenA(
      SortedMap<String, HostTensor> frozen, long seed) {
    SortedMap<String, HostTensor> theta = random(seed);
    theta.replaceAll((name, tensor) -> name.contains("lora_A") ? frozen.get(name) : tensor);
    return theta;
  }

  static SortedMap<String, HostTensor> zeroB(SortedMap<String, HostTensor> theta) {
    SortedMap<String, HostTensor> result = new TreeMap<>(theta);
    result.replaceAll(
        (name, tensor) ->
            name.contains("lora_B")
                ? HostTensor.wrap(tensor.shape(), new float[tensor.size()])
                : tensor);
    return result;
  }

  static ProxyUpdate update(int deviceId, long examples, SortedMap<String, HostTensor> theta) {
    return ProxyUpdate.of(0, deviceId, examples, theta, ThetaSpec.of(theta));
  }

  /** s B A, formed in full. */
  static DMatrixRMaj product(SortedMap<String, HostTensor> theta, String module) {
    DMatrixRMaj b = Matrices.of(theta.get(module + ".lora_B.weight"));
    DMatrixRMaj a = Matrices.of(theta.get(module + ".lora_A.weight"));
    DMatrixRMaj product = new DMatrixRMaj(b.numRows, a.numCols);
    CommonOps_DDRM.mult(SCALING, b, a, product);
    return product;
  }

  /** Σ w_i s B_i A_i, formed in full. */
  static DMatrixRMaj exactMean(Collection<ProxyUpdate> updates, String module) {
    long examples = updates.stream().mapToLong(ProxyUpdate::numExamples).sum();
    DMatrixRMaj sum = null;
    for (ProxyUpdate update : updates) {
      DMatrixRMaj product = product(update.tensors(), module);
      CommonOps_DDRM.scale((double) update.numExamples() / examples, product);
      if (sum == null) {
        sum = product;
      } else {
        CommonOps_DDRM.addEquals(sum, product);
      }
    }
    return sum;
  }

  static double distance(DMatrixRMaj left, DMatrixRMaj right) {
    DMatrixRMaj difference = new DMatrixRMaj(left.numRows, left.numCols);
    CommonOps_DDRM.subtract(left, right, difference);
    return NormOps_DDRM.normF(difference);
  }

  private static HostTensor matrix(SplittableRandom random, int rows, int columns) {
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    return HostTensor.wrap(new long[] {rows, columns}, values);
  }
}
