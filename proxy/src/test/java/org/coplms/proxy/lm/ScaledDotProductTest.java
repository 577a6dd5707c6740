package org.coplms.proxy.lm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.assertj.core.data.Offset;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.tensor.RandomTensors;
import org.coplms.proxy.tensor.Torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ScaledDotProductTest {
  private static final Offset<Float> TOLERANCE = within(1e-5f);
  private static final int BATCH = 2;
  private static final int KEY_VALUE_HEADS = 2;
  private static final int DIM = 8;
  private static final int TOKENS = 70; // more than one tile, and not a multiple of one

  private NDManager manager;

  @BeforeEach
  void open() {
    Torch.beginTask(1);
    manager = Torch.newManager(Torch.defaultDevice());
  }

  @AfterEach
  void close() {
    manager.close();
  }

  /** What a token may look at. */
  private enum Mask {
    CAUSAL {
      @Override
      float at(int head, int position, int column) {
        return column > position ? Float.NEGATIVE_INFINITY : 0;
      }
    },
    WINDOW {
      @Override
      float at(int head, int position, int column) {
        return column <= position - 9 ? Float.NEGATIVE_INFINITY : CAUSAL.at(head, position, column);
      }
    },
    ALIBI {
      @Override
      float at(int head, int position, int column) {
        return CAUSAL.at(head, position, column) + column * 0.03f * (head + 1);
      }
    };

    abstract float at(int head, int position, int column);
  }

  @Test
  void theFusedWayEqualsThePlainOneForEachMask() {
    for (Mask mask : Mask.values()) {
      for (int groups : new int[] {1, 3}) {
        assertEqualWays(new Case(mask, groups, 0, TOKENS));
      }
    }
  }

  @Test
  void theFusedWayEqualsThePlainOneAfterTokensInTheCache() {
    for (Mask mask : Mask.values()) {
      assertEqualWays(new Case(mask, 1, 5, TOKENS));
      assertEqualWays(new Case(mask, 2, 40, TOKENS));
    }
  }

  @Test
  void passesBelowTheThresholdKeepTheirBits() {
    Case below = new Case(Mask.CAUSAL, 2, 0, ScaledDotProduct.FUSED_FROM - 1);
    Case from = new Case(Mask.CAUSAL, 2, 0, ScaledDotProduct.FUSED_FROM);

    assertThat(result(ScaledDotProduct::attend, below))
        .isEqualTo(result(ScaledDotProduct::plain, below));
    assertThat(result(ScaledDotProduct::attend, from))
        .isEqualTo(result(ScaledDotProduct::fused, from))
        .isNotEqualTo(result(ScaledDotProduct::plain, from));
  }

  private void assertEqualWays(Case one) {
    List<HostTensor> plain = result(ScaledDotProduct::plain, one);
    List<HostTensor> fused = result(ScaledDotProduct::fused, one);

    for (int i = 0; i < plain.size(); i++) { // the result, then gradients of Q, K and V
      for (int j = 0; j < plain.get(i).size(); j++) {
        assertThat(fused.get(i).at(j)).as("%s %d", one, i).isCloseTo(plain.get(i).at(j), TOLERANCE);
      }
    }
    assertThat(plain).noneMatch(ScaledDotProductTest::isZero);
  }

  private static boolean isZero(HostTensor tensor) {
    return tensor.equals(RandomTensors.constant(tensor.shape(), 0));
  }

  /** Inputs of one pass. */
  private record Case(Mask mask, int groups, int start, int tokens) {
    int heads() {
      return KEY_VALUE_HEADS * groups;
    }

    NDArray added(NDManager owner) {
      int end = start + tokens;
      int heads = mask == Mask.ALIBI ? heads() : 1;
      float[] values = new float[heads * tokens * end];
      for (int i = 0; i < values.length; i++) {
        values[i] = mask.at(i / (tokens * end), start + i / end % tokens, i % end);
      }
      long[] shape =
          mask == Mask.ALIBI
              ? new long[] {KEY_VALUE_HEADS, groups, tokens, end}
              : new long[] {tokens, end};
      return HostTensor.wrap(shape, values).toArray(owner);
    }

    /**
     * Of a model whose plain layers see everything before a token, or whose positions are biases.
     */
    Pass pass(NDArray added, NDManager owner) {
      NDArray everything = mask == Mask.WINDOW ? owner.zeros(added.getShape()) : added;
      return new Pass(BATCH, start, tokens, null, everything, added);
    }
  }

  /** A way of computing. */
  @FunctionalInterface
  private interface Way {
    NDArray attend(NDArray query, NDArray key, NDArray value, NDArray mask, Pass pass);
  }

  /** The result, and the gradients of queries, keys and values of a loss. */
  private List<HostTensor> result(Way way, Case one) {
    try (NDManager scope = manager.newSubManager()) {
      SplittableRandom random = new SplittableRandom(4);
      NDArray mask = one.added(scope);
      Pass pass = one.pass(mask, scope);
      NDArray query = normal(random, scope, KEY_VALUE_HEADS, (long) one.groups() * one.tokens());
      NDArray key = normal(random, scope, pass.end(), KEY_VALUE_HEADS);
      NDArray value = normal(random, scope, pass.end(), KEY_VALUE_HEADS);
      List<NDArray> inputs = List.of(query, key, value);
      inputs.forEach(input -> input.setRequiresGradient(true));
      List<HostTensor> results = new ArrayList<>();
      NDArray loss =
          Torch.recording(
              () -> {
                NDArray attended =
                    way.attend(query, key.swapAxes(1, 2), value.swapAxes(1, 2), mask, pass);
                results.add(HostTensor.copyOf(attended));
                return attended.square().sum();
              });
      Torch.backward(loss);
      inputs.forEach(input -> results.add(HostTensor.copyOf(input.getGradient())));
      return results;
    }
  }

  private static NDArray normal(SplittableRandom random, NDManager owner, long second, long third) {
    return RandomTensors.normal(new long[] {BATCH, second, third, DIM}, 0.5, random).toArray(owner);
  }
}
