package org.coplms.proxy.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.coplms.proxy.tensor.HostTensor;
import org.junit.jupiter.api.Test;

class ThetaSpecTest {
  private static final String A = "m.lora_A.weight";
  private static final String B = "m.lora_B.weight";

  @Test
  void countsTheBytesOfOneUpload() {
    assertThat(ThetaSpec.of(Thetas.random(1)).bytes())
        .isEqualTo(4L * Thetas.RANK * ((7 + 9) + (7 + 5)));
  }

  @Test
  void listsItsModules() {
    assertThat(ThetaSpec.of(Thetas.random(1)).modules()).containsExactly(Thetas.Q, Thetas.V);
  }

  @Test
  void refusesAnyTensorThatIsNoLoraFactor() {
    SortedMap<String, long[]> shapes = pair(new long[] {2, 4}, new long[] {3, 2});
    shapes.put("model.embed_tokens.weight", new long[] {10, 4});
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ThetaSpec(shapes))
        .withMessageContaining("'model.embed_tokens.weight' cannot be part of θ");
  }

  @Test
  void refusesAFactorWithoutPartner() {
    SortedMap<String, long[]> shapes = new TreeMap<>();
    shapes.put(B, new long[] {3, 2});
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ThetaSpec(shapes))
        .withMessageContaining("no partner 'm.lora_A.weight'");
  }

  @Test
  void refusesPairsOfDifferentRank() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ThetaSpec(pair(new long[] {2, 4}, new long[] {3, 5})))
        .withMessageContaining("A [2, 4] and B [3, 5]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ThetaSpec(pair(new long[] {2, 4, 1}, new long[] {3, 2})));
  }

  @Test
  void aWholeModelHasItsBaseWeightsAndNothingElse() {
    SortedMap<String, HostTensor> weights = new TreeMap<>();
    weights.put("model.norm.weight", HostTensor.of(new long[] {3}, new float[3]));
    weights.put("lm_head.weight", HostTensor.of(new long[] {2, 3}, new float[6]));
    ThetaSpec spec = ThetaSpec.ofWholeModel(weights);
    assertThat(spec.bytes()).isEqualTo(4L * (3 + 6));
    assertThat(spec.modules()).isEmpty();
    assertThat(spec).isNotEqualTo(ThetaSpec.of(Thetas.random(1)));
    for (String name : List.of("domain_adapter.layers.0.down.weight", A)) {
      SortedMap<String, HostTensor> wider = new TreeMap<>(weights);
      wider.put(name, HostTensor.of(new long[] {1, 1}, new float[1]));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> ThetaSpec.ofWholeModel(wider))
          .withMessageContaining("'%s' cannot be part of θ".formatted(name));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> ProxyUpdate.of(1, 0, 1, wider, spec))
          .withMessageContaining("only the 2 base weights of the DPM may travel");
    }
  }

  @Test
  void refusesAnEmptyTheta() {
    assertThatIllegalArgumentException().isThrownBy(() -> new ThetaSpec(new TreeMap<>()));
  }

  @Test
  void cannotBeWidenedFromOutside() {
    SortedMap<String, long[]> shapes = pair(new long[] {2, 4}, new long[] {3, 2});
    ThetaSpec spec = new ThetaSpec(shapes);
    shapes.get(A)[1] = 400;
    spec.shapes().get(A)[1] = 400;
    assertThat(spec.bytes()).isEqualTo(4 * (8 + 6));
  }

  @Test
  void isEqualByNamesAndShapes() {
    assertThat(ThetaSpec.of(Thetas.random(1)))
        .isEqualTo(ThetaSpec.of(Thetas.random(2)))
        .hasSameHashCodeAs(ThetaSpec.of(Thetas.random(2)))
        .isNotEqualTo(ThetaSpec.of(Thetas.random(1, Thetas.RANK + 1)));
  }

  private static SortedMap<String, long[]> pair(long[] a, long[] b) {
    SortedMap<String, long[]> shapes = new TreeMap<>();
    shapes.put(A, a);
    shapes.put(B, b);
    return shapes;
  }
}
