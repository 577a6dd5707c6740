package org.coplms.proxy.cotune;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.SplittableRandom;
import org.coplms.proxy.lm.LanguageModel;
import org.coplms.proxy.mutual.VocabularyMap;
import org.coplms.proxy.tensor.Scalars;
import org.coplms.proxy.tensor.Torch;
import org.coplms.proxy.tokenizer.TokenizedExample;
import org.coplms.proxy.train.BatchLabel;
import org.coplms.proxy.train.BatchLogits;
import org.coplms.proxy.train.Batches;
import org.coplms.proxy.train.Compute;
import org.coplms.proxy.train.LossScope;
import org.coplms.proxy.train.Texts;
import org.coplms.proxy.train.Trainee;

/**
 * Structure-agnostic mutual learning (SAML) on a device.
 *
 * <p>On a private batch SLM and DPM learn from the text and from each other; on a rehearsal batch,
 * whose text the DPM wrote, only the SLM learns. Beside a private batch the DPM also learns some of
 * the pairs that it wrote ({@code rehearsal.replay}). The objective of a model X with peer Y is (1
 * − λ) · CE_X + λ · T² · KL(sg[P_Y] ‖ Q_X), both directions from the same forward passes. On the
 * first batch of each kind {@link GradientHealth} looks whether the second term moves anything.
 *
 * <p>One instance serves one round.
 */
final class MutualLearning {
  private final EdgeTask task;
  private final EdgeModels models;
  private final Metrics metrics;
  private final Compute compute;
  private final AlignedPair.Knowledge knowledge;
  private final SplittableRandom dropout;
  private final GradientHealth health;
  private Replay replay;
  private int ownSteps;
  private int rehearsalSteps;

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
    this.health = new GradientHealth(task.place(), metrics);
    SamlConfig saml = task.edge().saml();
    this.knowledge =
        new AlignedPair.Knowledge(
            VocabularyMap.between(readers.slm(), readers.dpm()),
            VocabularyMap.between(readers.dpm(), readers.slm()),
            readers.slm().sameVocabulary(readers.dpm()),
            saml.temperature(),
            saml.topK());
  }

  /**
   * Private and rehearsal batches in even alternation until the budget is reached.
   *
   * @param budget tokens of the SLM to process; at most a batch more are
   * @return the SLM's tokens; 0 where neither kind of batch is asked for
   */
  long run(List<PairedExample> own, List<PairedExample> rehearsal, long budget) {
    models.slm().model().training(true, dropout.split());
    try {
      return learn(own, rehearsal, budget);
    } finally {
      models.slm().model().training(false, null);
    }
  }

  private long learn(List<PairedExample> own, List<PairedExample> rehearsal, long budget) {
    int size = task.edge().batchSize();
    int ownShare = task.edge().saml().steps();
    int rehearsalShare = task.edge().rehearsal().steps();
    if (ownShare + rehearsalShare == 0) {
      return 0;
    }
    Batches ownBatches = new Batches(own.size(), size, task.seed("saml"));
    Batches rehearsalBatches =
        rehearsal.isEmpty() ? null : new Batches(rehearsal.size(), size, task.seed("rehearsal"));
    this.replay = Replay.of(task, PairedExample.dpm(rehearsal));
    SplittableRandom bypass = new SplittableRandom(task.seed("bypass"));
    long tokens = 0;
    for (long step = 0; tokens < budget; step++) {
      double progress = task.progress(tokens, budget);
      // The private batches are spread evenly over the round.
      boolean ownTurn =
          rehearsalBatches == null
              || rehearsalShare == 0
              || (step + 1) * ownShare / (ownShare + rehearsalShare) > ownSteps;
      if (ownTurn) {
        boolean adapter = bypass.nextDouble() >= task.edge().saml().adapterBypass();
        double thetaProgress = Math.min(1, (double) ownSteps / Math.max(1, ownShare));
        List<PairedExample> batch = Texts.pick(own, ownBatches.next());
        tokens += learnOwn(batch, adapter, progress, thetaProgress);
      } else {
        tokens += learnRehearsal(Texts.pick(rehearsal, rehearsalBatches.next()), progress);
      }
      compute.stepped();
    }
    metrics.observe("data", "saml-batches", ownSteps);
    metrics.observe("data", "rehearsal-batches", rehearsalSteps);
    return tokens;
  }

  private long learnOwn(
      List<PairedExample> batch, boolean adapter, double progress, double thetaProgress) {
    BatchLabel label = BatchLabel.of("SAML", ++ownSteps, PairedExample.slm(batch));
    LanguageModel dpm = models.dpm();
    dpm.adapterActive(adapter);
    dpm.training(true, dropout);
    try (NDManager step = models.newStep()) {
      return label.guard(
          () ->
              models.recordingMutual(
                  () -> {
                    long tokens = differentiate(batch, label, step);
                    metrics.observe(
                        "saml", "slm-gradient-norm", models.slm().tuned().step(progress));
                    metrics.observe(
                        "saml", "theta-gradient-norm", models.theta().step(thetaProgress));
                    return tokens;
                  }));
    } finally {
      dpm.training(false, null);
      dpm.adapterActive(true);
    }
  }

  /** Leaves the gradients of both objectives on a private batch; returns the SLM's tokens. */
  private long differentiate(List<PairedExample> batch, BatchLabel label, NDManager step) {
    SamlConfig saml = task.edge().saml();
    BatchLogits slm =
        BatchLogits.of(models.slm().model(), PairedExample.slm(batch), LossScope.RESPONSE, step);
    BatchLogits dpm = BatchLogits.of(models.dpm(), PairedExample.dpm(batch), LossScope.TEXT, step);
    MutualLoss slmLoss = text(slm, "saml", "slm-ce", label);
    MutualLoss dpmLoss = text(dpm, "saml", "dpm-ce", label);
    if (AlignedPair.groups(batch) > 0) {
      AlignedPair aligned = AlignedPair.of(batch, slm, dpm);
      slmLoss = ofSlm(slmLoss, aligned, saml.slmLambda(), Kind.PRIVATE, label);
      dpmLoss = ofDpm(dpmLoss, aligned, saml.dpmLambda(), label);
    }
    health.check("saml", "slm", slmLoss, models.slm().tuned(), label);
    health.check("saml", "dpm", dpmLoss, models.theta(), label);
    Torch.backward(slmLoss.total());
    List<TokenizedExample> replayed = replay.next();
    double share = batch.size() / (double) (batch.size() + replayed.size());
    Torch.backward(Scalars.times(dpmLoss.total(), share));
    replay(replayed, 1 - share, label, step);
    return slm.tokens();
  }

  /** Adds the gradient of pairs that the DPM wrote, so that θ does not forget what it knew. */
  private void replay(
      List<TokenizedExample> batch, double share, BatchLabel label, NDManager step) {
    if (!batch.isEmpty()) {
      BatchLogits dpm = BatchLogits.of(models.dpm(), batch, LossScope.TEXT, step);
      MutualLoss loss = text(dpm, "saml", "dpm-replay-ce", label);
      Torch.backward(Scalars.times(loss.total(), share));
    }
  }

  private long learnRehearsal(List<PairedExample> batch, double progress) {
    BatchLabel label = BatchLabel.of("rehearsal", ++rehearsalSteps, PairedExample.slm(batch));
    Trainee tuned = models.slm().tuned();
    try (NDManager step = models.newStep()) {
      return label.guard(() -> tuned.recording(() -> rehearse(batch, label, progress, step)));
    }
  }

  private long rehearse(
      List<PairedExample> batch, BatchLabel label, double progress, NDManager step) {
    double lambda = task.edge().rehearsal().lambda();
    BatchLogits slm =
        BatchLogits.of(models.slm().model(), PairedExample.slm(batch), LossScope.RESPONSE, step);
    MutualLoss loss = text(slm, "rehearsal", "slm-ce", label);
    if (lambda > 0 && AlignedPair.groups(batch) > 0) {
      BatchLogits dpm =
          Torch.withoutRecording(
              () ->
                  BatchLogits.of(models.dpm(), PairedExample.dpm(batch), LossScope.RESPONSE, step));
      loss = ofSlm(loss, AlignedPair.of(batch, slm, dpm), lambda, Kind.REHEARSAL, label);
    }
    health.check("rehearsal", "slm", loss, models.slm().tuned(), label);
    models.slm().tuned().step(loss.total(), progress);
    return slm.tokens();
  }

  private MutualLoss text(BatchLogits logits, String stage, String name, BatchLabel label) {
    NDArray crossEntropy = logits.crossEntropy();
    metrics.observe(stage, name, label.finite(name, crossEntropy));
    return MutualLoss.ofText(crossEntropy);
  }

  private MutualLoss ofSlm(
      MutualLoss text, AlignedPair aligned, double lambda, Kind kind, BatchLabel label) {
    if (lambda == 0) {
      return text;
    }
    AlignedPair.Divergence peer = aligned.klOfSlm(knowledge);
    metrics.observe("alignment", kind.prefix + "mapped-mass-to-slm", peer.mappedMass());
    return mixed(text, peer, lambda, kind.stage, "kl-dpm-to-slm", label);
  }

  private MutualLoss ofDpm(MutualLoss text, AlignedPair aligned, double lambda, BatchLabel label) {
    if (lambda == 0) {
      return text;
    }
    AlignedPair.Divergence peer = aligned.klOfDpm(knowledge);
    metrics.observe("alignment", "mapped-mass-to-dpm", peer.mappedMass());
    return mixed(text, peer, lambda, "saml", "kl-slm-to-dpm", label);
  }

  private MutualLoss mixed(
      MutualLoss text,
      AlignedPair.Divergence peer,
      double lambda,
      String stage,
      String name,
      BatchLabel label) {
    metrics.observe(stage, name, label.finite(name, peer.kl()));
    return MutualLoss.of(text.crossEntropy(), peer.kl(), lambda, knowledge.temperature());
  }

  /** Whose text a batch is, with its rows' stage and the prefix of its alignment rows. */
  private enum Kind {
    PRIVATE("saml", ""),
    REHEARSAL("rehearsal", "rehearsal-");

    private final String stage;
    private final String prefix;

    Kind(String stage, String prefix) {
      this.stage = stage;
      this.prefix = prefix;
    }
  }
}
