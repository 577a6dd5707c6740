package org.coplms.proxy.cotune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.function.BiFunction;
import org.coplms.proxy.cotune.AlignedPair.Knowledge;
import org.coplms.proxy.lm.LanguageModel;
import org.coplms.proxy.mutual.DenseKl;
import org.coplms.proxy.mutual.PooledKl;
import org.coplms.proxy.mutual.TopK;
import org.coplms.proxy.mutual.VocabularyMap;
import org.coplms.proxy.tensor.Rows;
import org.coplms.proxy.tensor.Torch;
import org.coplms.proxy.train.BaseModel;
import org.coplms.proxy.train.BatchLogits;
import org.coplms.proxy.train.LossScope;
import org.coplms.proxy.train.TinyTask;
import org.coplms.proxy.train.Trainables;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AlignedPairTest {
  private static final double TEMPERATURE = 2;
  private static final double TOLERANCE = 1e-5;

  private NDManager manager;
  private LanguageModel slm;
  private LanguageModel dpm;
  private List<PairedExample> batch;
  private Knowledge knowledge;

  @BeforeEach
  void open() {
    Torch.beginTask(1);
    manager = Torch.newManager(Torch.defaultDevice());
  }

  @AfterEach
  void close() {
    manager.close();
  }

  @Test
  void modelsOfOneVocabularyAreComparedDenselyAtEveryResponsePosition() {
    compare(EdgeScene.SLM_OF_ONE_VOCABULARY, EdgeScene.DPM, 1);
    NDArray slmRows = logits(slm, LossScope.RESPONSE, true).logits();
    NDArray dpmRows = logits(dpm, LossScope.RESPONSE, false).logits();
    float ofSlm = DenseKl.loss(slmRows, dpmRows, TEMPERATURE, DenseKl.Direction.FORWARD).getFloat();
    float ofDpm = DenseKl.loss(dpmRows, slmRows, TEMPERATURE, DenseKl.Direction.FORWARD).getFloat();

    assertThat(AlignedPair.groups(batch)).isEqualTo((int) slmRows.getShape().get(0));
    assertThat((double) pair().klOfSlm(knowledge).kl().getFloat())
        .isCloseTo(ofSlm, within(TOLERANCE));
    assertThat((double) pair().klOfDpm(knowledge).kl().getFloat())
        .isCloseTo(ofDpm, within(TOLERANCE));
  }

  @Test
  void modelsOfTwoVocabulariesAreComparedPooledAtTheStartOfEachGroup() {
    compare(EdgeScene.SLM, EdgeScene.DPM, 8);
    // Each example alone, by the alignment's own positions.
    double ofSlm = 0;
    double ofDpm = 0;
    for (PairedExample example : batch) {
      NDArray slmRows = rows(slm, example.slm().ids(), example.alignment().positionsX());
      NDArray dpmRows = rows(dpm, example.dpm().ids(), example.alignment().positionsY());
      int groups = example.alignment().groups();
      ofSlm += groups * pooled(slmRows, dpmRows, knowledge.dpmToSlm());
      ofDpm += groups * pooled(dpmRows, slmRows, knowledge.slmToDpm());
    }
    int groups = AlignedPair.groups(batch);

    assertThat(groups).isGreaterThan(batch.size());
    assertThat((double) pair().klOfSlm(knowledge).kl().getFloat())
        .isCloseTo(ofSlm / groups, within(TOLERANCE));
    assertThat((double) pair().klOfDpm(knowledge).kl().getFloat())
        .isCloseTo(ofDpm / groups, within(TOLERANCE));
  }

  @Test
  void theMappedShareIsWholeWithinAVocabularyAndThatOfTheTopTokensAcrossTwo() {
    compare(EdgeScene.SLM_OF_ONE_VOCABULARY, EdgeScene.DPM, 1);
    assertThat(pair().klOfSlm(knowledge).mappedMass()).isEqualTo(1);
    compare(EdgeScene.SLM, EdgeScene.DPM, 1);
    double one = pair().klOfSlm(knowledge).mappedMass();
    compare(EdgeScene.SLM, EdgeScene.DPM, Integer.MAX_VALUE);
    double every = pair().klOfSlm(knowledge).mappedMass();
    assertThat(one).isBetween(0.05, every);
    assertThat(every).isBetween(0.9, 1 + TOLERANCE);
  }

  @Test
  void aModelComparedWithItselfHasNoDivergence() {
    compare(EdgeScene.DPM, EdgeScene.DPM, 8);
    assertThat(pair().klOfSlm(knowledge).kl().getFloat()).isCloseTo(0, within(1e-6f));
    assertThat(pair().klOfDpm(knowledge).kl().getFloat()).isCloseTo(0, within(1e-6f));
  }

  @Test
  void theGradientReachesTheLearnerAndNeverItsPeer() {
    for (BaseModel small : List.of(EdgeScene.SLM, EdgeScene.SLM_OF_ONE_VOCABULARY)) {
      compare(small, EdgeScene.DPM, 8);
      Trainables.require(slm.baseParameters(), true);
      Trainables.require(dpm.baseParameters(), true);
      backward(AlignedPair::klOfSlm);
      assertThat(largestGradient(slm)).isGreaterThan(1e-4);
      assertThat(largestGradient(dpm)).isZero();

      compare(small, EdgeScene.DPM, 8);
      Trainables.require(slm.baseParameters(), true);
      Trainables.require(dpm.baseParameters(), true);
      backward(AlignedPair::klOfDpm);
      assertThat(largestGradient(slm)).isZero();
      assertThat(largestGradient(dpm)).isGreaterThan(1e-4);
    }
  }

  private void compare(BaseModel small, BaseModel proxy, int topK) {
    slm = small.instantiate(manager);
    dpm = proxy.instantiate(manager);
    PairedExample.Readers readers =
        new PairedExample.Readers(small.tokenizer(), proxy.tokenizer(), TinyTask.FORMAT);
    batch =
        EdgeScene.PRIVATE.subList(0, 5).stream()
            .flatMap(e -> PairedExample.of(e.id(), e.prompt(), e.response(), readers, 40).stream())
            .toList();
    knowledge =
        new Knowledge(
            VocabularyMap.between(small.tokenizer(), proxy.tokenizer()),
            VocabularyMap.between(proxy.tokenizer(), small.tokenizer()),
            small.tokenizer().sameVocabulary(proxy.tokenizer()),
            TEMPERATURE,
            topK);
  }

  private AlignedPair pair() {
    return AlignedPair.of(
        batch, logits(slm, LossScope.RESPONSE, true), logits(dpm, LossScope.TEXT, false));
  }

  private BatchLogits logits(LanguageModel model, LossScope scope, boolean small) {
    return BatchLogits.of(
        model, small ? PairedExample.slm(batch) : PairedExample.dpm(batch), scope, manager);
  }

  private void backward(BiFunction<AlignedPair, Knowledge, AlignedPair.Divergence> kl) {
    Torch.backward(Torch.recording(() -> kl.apply(pair(), knowledge).kl()));
  }

  private NDArray rows(LanguageModel model, int[] ids, int[] positions) {
    long[] inputs = Arrays.stream(ids).asLongStream().toArray();
    NDArray hidden = model.hidden(manager.create(inputs).expandDims(0)); // (1, T, H)
    long[] wanted = Arrays.stream(positions).asLongStream().toArray();
    return Rows.take(model.logits(hidden.squeeze(0)), wanted); // (P, V)
  }

  private static double pooled(NDArray own, NDArray peer, VocabularyMap map) {
    return PooledKl.loss(own, TopK.of(peer, 8, TEMPERATURE), map, TEMPERATURE).getFloat();
  }

  private static double largestGradient(LanguageModel model) {
    SortedMap<String, NDArray> parameters = model.baseParameters();
    return parameters.values().stream()
        .mapToDouble(parameter -> parameter.getGradient().abs().max().getFloat())
        .max()
        .orElseThrow();
  }
}
