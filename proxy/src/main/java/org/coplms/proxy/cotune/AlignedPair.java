package org.coplms.proxy.cotune;

import ai.djl.ndarray.NDArray;
import java.util.List;
import java.util.stream.LongStream;
import org.coplms.proxy.mutual.Alignment;
import org.coplms.proxy.mutual.DenseKl;
import org.coplms.proxy.mutual.PooledKl;
import org.coplms.proxy.mutual.TopK;
import org.coplms.proxy.mutual.VocabularyMap;
import org.coplms.proxy.tensor.Torch;
import org.coplms.proxy.train.BatchLogits;

/**
 * The logits of two models where their tokenizations of a batch agree.
 *
 * <p>Legend: P aligned groups of the batch, V vocabulary of either model.
 */
final class AlignedPair {
  private final NDArray slm;
  private final NDArray dpm;

  private AlignedPair(NDArray slm, NDArray dpm) {
    this.slm = slm;
    this.dpm = dpm;
  }

  /** Empty-handed callers ask {@link #groups} first: with no group there is nothing to compare. */
  static AlignedPair of(List<PairedExample> batch, BatchLogits slm, BatchLogits dpm) {
    LongStream.Builder slmPositions = LongStream.builder();
    LongStream.Builder dpmPositions = LongStream.builder();
    for (int row = 0; row < batch.size(); row++) {
      Alignment alignment = batch.get(row).alignment();
      for (int position : alignment.positionsX()) {
        slmPositions.add(slm.position(row, position));
      }
      for (int position : alignment.positionsY()) {
        dpmPositions.add(dpm.position(row, position));
      }
    }
    return new AlignedPair(
        slm.at(slmPositions.build().toArray()), // (P, V of the SLM)
        dpm.at(dpmPositions.build().toArray())); // (P, V of the DPM)
  }

  static int groups(List<PairedExample> batch) {
    return batch.stream().mapToInt(pair -> pair.alignment().groups()).sum();
  }

  /**
   * What a peer's knowledge costs a model.
   *
   * @param kl in nats, shape ()
   * @param mappedMass share of the peer's probability that has a token in the model's vocabulary
   */
  record Divergence(NDArray kl, double mappedMass) {}

  /** KL(DPM ‖ SLM), differentiable in the SLM only. */
  Divergence klOfSlm(Knowledge knowledge) {
    return kl(slm, dpm, knowledge.dpmToSlm(), knowledge);
  }

  /** KL(SLM ‖ DPM), differentiable in the DPM only. */
  Divergence klOfDpm(Knowledge knowledge) {
    return kl(dpm, slm, knowledge.slmToDpm(), knowledge);
  }

  private static Divergence kl(
      NDArray own, NDArray peer, VocabularyMap peerToOwn, Knowledge knowledge) {
    NDArray detached = peer.stopGradient();
    if (knowledge.sameVocabulary()) {
      NDArray kl = DenseKl.loss(own, detached, knowledge.temperature(), DenseKl.Direction.FORWARD);
      return new Divergence(kl, 1);
    }
    TopK topK =
        Torch.withoutRecording(() -> TopK.of(detached, knowledge.topK(), knowledge.temperature()));
    NDArray kl = PooledKl.loss(own, topK, peerToOwn, knowledge.temperature());
    return new Divergence(kl, PooledKl.mappedMass(topK, peerToOwn));
  }

  /** How two vocabularies are compared; {@code sameVocabulary} takes the dense path. */
  record Knowledge(
      VocabularyMap slmToDpm,
      VocabularyMap dpmToSlm,
      boolean sameVocabulary,
      double temperature,
      int topK) {}
}
