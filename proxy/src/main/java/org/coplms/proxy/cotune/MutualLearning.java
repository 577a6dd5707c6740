package org.coplms.proxy.cotune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.SplittableRandom;
import org.coplms.proxy.lm.LanguageModel;
import org.coplms.proxy.mutual.Objective;
import org.coplms.proxy.mutual.VocabularyMap;
import org.coplms.proxy.tensor.Torch;
import org.coplms.proxy.train.BatchLogits;
import org.coplms.proxy.train.Batches;
import org.coplms.proxy.train.Compute;
import org.coplms.proxy.train.LossScope;
import org.coplms.proxy.train.Texts;

/**
 * Structure-agnostic mutual learning (SAML) on a device.
 *
 * <p>On a private batch SLM and DPM learn from the text and from each other; on a rehearsal batch,
 * whose text the DPM wrote, only the SLM learns. The objective of a model X with peer Y is (1 − λ)
 * · CE_X + λ · T² · KL(sg[P_Y] ‖ Q_X), both directions from the same forward passes.
 */
final class MutualLearning {
  private final EdgeTask task;
  private final EdgeModels models;
  private final Metrics metrics;
  private final Compute compute;
  private final AlignedPair.Knowledge knowledge;
  private final SplittableRandom dropout;

  MutualLearning(
      EdgeTask task,
      EdgeModels models,
      PairedExample.Readers readers,
      Metrics metrics,
      Compute compute) {
    this.compute = compute;
    this.task = task;
    this.models = models;
    this.metrics = metrics;
    this.dropout = new SplittableRandom(task.seed("dropout"));
    SamlConfig saml = task.edge().saml();
    this.knowledge =
        new AlignedPair.Knowledge(
            VocabularyMap.between(readers.slm(), readers.dpm()),
            VocabularyMap.between(readers.dpm(), readers.slm()),
            readers.slm().sameVocabulary(readers.dpm()),
            saml.temperature(),
            saml.topK());
  }

  /** Private and rehearsal batches in even alternation; returns the SLM's tokens. */
  long run(List<PairedExample> own, List<PairedExample> rehearsal) {
    models.slm().model().training(true, dropout.split());
    try {
      return learn(own, rehearsal);
    } finally {
      models.slm().model().training(false, null);
    }
  }

  private long learn(List<PairedExample> own, List<PairedExample> rehearsal) {
    int size = task.edge().batchSize();
    int ownSteps = task.edge().saml().steps();
    int rehearsalSteps = rehearsal.isEmpty() ? 0 : task.edge().rehearsal().steps();
    int steps = ownSteps + rehearsalSteps;
    Batches ownBatches = new Batches(own.size(), size, task.seed("saml"));
    Batches rehearsalBatches =
        rehearsal.isEmpty() ? null : new Batches(rehearsal.size(), size, task.seed("rehearsal"));
    SplittableRandom bypass = new SplittableRandom(task.seed("bypass"));
    long tokens = 0;
    int ownDone = 0;
    for (int step = 0; step < steps; step++) {
      double progress = task.progress(step, steps);
      // The private batches are spread evenly over the round.
      boolean ownTurn = (long) (step + 1) * ownSteps / steps > ownDone;
      if (ownTurn) {
        boolean adapter = bypass.nextDouble() >= task.edge().saml().adapterBypass();
        double thetaProgress = (double) ownDone / ownSteps;
        List<PairedExample> batch = Texts.pick(own, ownBatches.next());
        tokens += learnOwn(batch, adapter, progress, thetaProgress);
        ownDone++;
      } else {
        tokens += learnRehearsal(Texts.pick(rehearsal, rehearsalBatches.next()), progress);
      }
      compute.stepped();
    }
    return tokens;
  }

  private long learnOwn(
      List<PairedExample> batch, boolean adapter, double progress, double thetaProgress) {
    LanguageModel dpm = models.dpm();
    dpm.adapterActive(adapter);
    dpm.training(true, dropout);
    try (NDManager step = models.newStep()) {
      return models.recordingMutual(
          () -> {
            long tokens = differentiate(batch, step);
            metrics.observe("saml", "slm-gradient-norm", models.slm().tuned().step(progress));
            metrics.observe("saml", "theta-gradient-norm", models.theta().step(thetaProgress));
            return tokens;
          });
    } finally {
      dpm.training(false, null);
      dpm.adapterActive(true);
    }
  }

  /** Leaves the gradients of both objectives on a private batch; returns the SLM's tokens. */
  private long differentiate(List<PairedExample> batch, NDManager step) {
    SamlConfig saml = task.edge().saml();
    BatchLogits slm =
        BatchLogits.of(models.slm().model(), PairedExample.slm(batch), LossScope.RESPONSE, step);
    BatchLogits dpm = BatchLogits.of(models.dpm(), PairedExample.dpm(batch), LossScope.TEXT, step);
    NDArray slmLoss = slm.crossEntropy();
    NDArray dpmLoss = dpm.crossEntropy();
    metrics.observe("saml", "slm-ce", slmLoss.getFloat());
    metrics.observe("saml", "dpm-ce", dpmLoss.getFloat());
    if (AlignedPair.groups(batch) > 0) {
      AlignedPair aligned = AlignedPair.of(batch, slm, dpm);
      slmLoss = mutual(slmLoss, aligned, saml.slmLambda(), true, "saml");
      dpmLoss = mutual(dpmLoss, aligned, saml.dpmLambda(), false, "saml");
    }
    Torch.backward(slmLoss);
    Torch.backward(dpmLoss);
    observeAlignment(batch);
    return slm.tokens();
  }

  private long learnRehearsal(List<PairedExample> batch, double progress) {
    double lambda = task.edge().rehearsal().lambda();
    try (NDManager step = models.newStep()) {
      return models
          .slm()
          .tuned()
          .recording(
              () -> {
                BatchLogits slm =
                    BatchLogits.of(
                        models.slm().model(), PairedExample.slm(batch), LossScope.RESPONSE, step);
                NDArray loss = slm.crossEntropy();
                metrics.observe("rehearsal", "slm-ce", loss.getFloat());
                if (lambda > 0 && AlignedPair.groups(batch) > 0) {
                  BatchLogits dpm =
                      Torch.withoutRecording(
                          () ->
                              BatchLogits.of(
                                  models.dpm(),
                                  PairedExample.dpm(batch),
                                  LossScope.RESPONSE,
                                  step));
                  loss = mutual(loss, AlignedPair.of(batch, slm, dpm), lambda, true, "rehearsal");
                }
                models.slm().tuned().step(loss, progress);
                return slm.tokens();
              });
    }
  }

  private NDArray mutual(
      NDArray crossEntropy, AlignedPair aligned, double lambda, boolean ofSlm, String stage) {
    if (lambda == 0) {
      return crossEntropy;
    }
    AlignedPair.Divergence peer = ofSlm ? aligned.klOfSlm(knowledge) : aligned.klOfDpm(knowledge);
    metrics.observe(
        "alignment", ofSlm ? "mapped-mass-to-slm" : "mapped-mass-to-dpm", peer.mappedMass());
    NDArray kl = peer.kl();
    metrics.observe(stage, ofSlm ? "kl-dpm-to-slm" : "kl-slm-to-dpm", kl.getFloat());
    return Objective.mix(crossEntropy, kl, lambda, knowledge.temperature());
  }

  private void observeAlignment(List<PairedExample> batch) {
    long groups = AlignedPair.groups(batch);
    if (groups > 0) {
      long oneToOne = batch.stream().mapToInt(pair -> pair.alignment().oneToOne()).sum();
      metrics.observe("alignment", "groups", groups / (double) batch.size());
      metrics.observe("alignment", "one-to-one", oneToOne / (double) groups);
    }
  }
}
