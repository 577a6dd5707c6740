package org.coplms.proxy.distill;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.tensor.Torch;
import org.coplms.proxy.train.TinyTask;
import org.coplms.proxy.train.Trainee;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BestWeightsTest {
  private NDManager manager;
  private NDArray weight;
  private Trainee trainee;

  @BeforeEach
  void open() {
    Torch.beginTask(1);
    manager = Torch.newManager(Torch.defaultDevice());
    weight = manager.create(0f).duplicate();
    trainee = new Trainee(new TreeMap<>(Map.of("w", weight)), TinyTask.FAST);
  }

  @AfterEach
  void close() {
    trainee.close();
    manager.close();
  }

  @Test
  void theLowestLossWinsAndLaterChangesDoNotReachIt() {
    BestWeights best = new BestWeights(5);
    offer(best, 1, 3.0);
    offer(best, 2, 1.0);
    offer(best, 3, 2.0);
    assertThat(value(best)).isEqualTo(2);
    assertThat(best.course()).containsExactly(3.0, 1.0, 2.0);
  }

  @Test
  void patienceCountsLooksWithoutABetterLossSinceTheBest() {
    BestWeights best = new BestWeights(2);
    offer(best, 1, 3.0);
    offer(best, 2, 3.0);
    assertThat(best.exhausted()).isFalse();
    offer(best, 3, 2.0);
    offer(best, 4, 2.5);
    assertThat(best.exhausted()).isFalse();
    offer(best, 5, 2.0);
    assertThat(best.exhausted()).isTrue();
    assertThat(value(best)).isEqualTo(3);
  }

  @Test
  void withoutALookTheCurrentWeightsAreTaken() {
    BestWeights best = new BestWeights(1);
    set(7);
    assertThat(value(best)).isEqualTo(7);
    assertThat(best.exhausted()).isFalse();
  }

  private void offer(BestWeights best, float value, double loss) {
    set(value);
    best.offer(loss, trainee);
  }

  private void set(float value) {
    try (NDArray target = manager.create(value)) {
      weight.subi(weight.duplicate());
      weight.addi(target);
    }
  }

  private float value(BestWeights best) {
    SortedMap<String, HostTensor> weights = best.weightsOr(trainee);
    return weights.get("w").at(0);
  }
}
