package org.coplms.proxy.lm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.coplms.proxy.lora.LoraConfig;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.tensor.Torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LanguageModelGradientTest {
  private final ExecutorService threads = Executors.newFixedThreadPool(2);
  private NDManager manager;

  @BeforeEach
  void open() {
    Torch.beginTask(1);
    manager = Torch.newManager(Torch.defaultDevice());
  }

  @AfterEach
  void close() {
    manager.close();
    threads.shutdownNow();
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void everyBaseParameterGetsAGradient(Family family) {
    LanguageModel model = Models.random(family, manager);
    model.baseParameters().values().forEach(p -> p.setRequiresGradient(true));

    backward(model, manager);

    model.baseParameters().forEach((name, p) -> assertThat(gradientNorm(p)).as(name).isPositive());
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void onlyWhatIsTrainableGetsAGradient(Family family) {
    LanguageModel model = Models.random(family, manager);
    model.attachLora(new LoraConfig(2, 4, 0, List.of(Models.queryModule(family))), 1);
    model.attachAdapter(Models.ADAPTER, 2);
    Models.scramble(model, model.loraParameters());
    Models.scramble(model, model.adapterParameters());
    model.loraParameters().values().forEach(p -> p.setRequiresGradient(true));

    backward(model, manager);

    model.loraParameters().forEach((name, p) -> assertThat(gradientNorm(p)).as(name).isPositive());
    assertThat(model.baseParameters().values()).noneMatch(NDArray::hasGradient);
    assertThat(model.adapterParameters().values()).noneMatch(NDArray::hasGradient);
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void gradientsEqualFiniteDifferences(Family family) {
    // a difference across ReLU's kink is no derivative
    String smooth = Models.config(family).toJson().replace("\"relu\"", "\"gelu\"");
    LanguageModel model = LanguageModel.random(LmConfig.parse(smooth), 5, manager);
    model.attachLora(Models.ALL_LINEAR, 1);
    model.attachAdapter(Models.ADAPTER, 2);
    Models.scramble(model, model.loraParameters());
    Models.scramble(model, model.adapterParameters());
    Map<String, NDArray> all = new TreeMap<>(model.baseParameters());
    all.putAll(model.loraParameters());
    all.putAll(model.adapterParameters());
    all.values().forEach(p -> p.setRequiresGradient(true));
    backward(model, manager);
    SplittableRandom random = new SplittableRandom(9);

    all.forEach(
        (name, p) -> {
          HostTensor value = HostTensor.copyOf(p);
          int index = random.nextInt(value.size());
          float step = 2e-3f;
          double up = loss(model, name, moved(value, index, step));
          double down = loss(model, name, moved(value, index, -step));
          model.setParameters(Map.of(name, value));
          double gradient = p.getGradient().toFloatArray()[index];
          assertThat((up - down) / (2 * step)).as(name).isCloseTo(gradient, within(1e-3));
        });
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void collectedGarbageBetweenForwardAndBackwardChangesNotOneBit(Family family) {
    LanguageModel model = Models.random(family, manager);
    model.attachLora(new LoraConfig(4, 8, 0.2, List.of(LoraConfig.ALL_LINEAR)), 1);
    model.attachAdapter(Models.ADAPTER, 2);
    Models.scramble(model, model.loraParameters());
    model.loraParameters().values().forEach(p -> p.setRequiresGradient(true));
    Map<String, HostTensor> undisturbed = gradients(model, () -> {});

    for (int i = 0; i < 5; i++) {
      assertThat(gradients(model, LanguageModelGradientTest::collectGarbage))
          .isEqualTo(undisturbed);
    }
  }

  @Test
  void tasksSideBySideGetTheSameBitsAsAlone() {
    List<Family> families = List.of(Family.LLAMA, Family.GPT2, Family.LLAMA, Family.QWEN2);
    List<Map<String, HostTensor>> alone =
        families.stream().map(LanguageModelGradientTest::task).toList();

    List<CompletableFuture<Map<String, HostTensor>>> tasks =
        families.stream().map(f -> CompletableFuture.supplyAsync(() -> task(f), threads)).toList();

    assertThat(tasks.stream().map(CompletableFuture::join).toList()).isEqualTo(alone);
  }

  /** Gradients of a model of its own after many forward and backward passes. */
  private static Map<String, HostTensor> task(Family family) {
    Torch.beginTask(1);
    try (NDManager own = Torch.newManager(Torch.defaultDevice())) {
      LanguageModel model = Models.random(family, own);
      model.attachLora(Models.ALL_LINEAR, 1);
      Models.scramble(model, model.loraParameters());
      model.loraParameters().values().forEach(p -> p.setRequiresGradient(true));
      Map<String, HostTensor> last = Map.of();
      for (int i = 0; i < 20; i++) {
        last = gradients(model, () -> {});
      }
      return last;
    }
  }

  /** Of all trainable LoRA factors, with something happening between the passes. */
  private static Map<String, HostTensor> gradients(LanguageModel model, Runnable between) {
    model.training(true, new SplittableRandom(3));
    try (NDManager step = model.newManager()) {
      NDArray loss = loss(model, step);
      between.run();
      Torch.backward(loss);
      Map<String, HostTensor> gradients = new TreeMap<>();
      model
          .loraParameters()
          .forEach(
              (name, p) -> {
                try (NDArray gradient = p.getGradient()) {
                  gradients.put(name, HostTensor.copyOf(gradient));
                  gradient.subi(gradient.duplicate());
                }
              });
      return gradients;
    }
  }

  private static void collectGarbage() {
    System.gc();
    for (int i = 0; i < 256; i++) { // NaN where freed scalars were
      ByteBuffer reused = ByteBuffer.allocateDirect(1 << (i % 12));
      while (reused.hasRemaining()) {
        reused.put((byte) 0xff);
      }
    }
  }

  @Test
  void nothingIsLeftBehindByManySteps() {
    for (Family family : Family.values()) {
      LanguageModel model = Models.random(family, manager);
      model.attachLora(Models.ALL_LINEAR, 1);
      model.attachAdapter(Models.ADAPTER, 2);
      model.loraParameters().values().forEach(p -> p.setRequiresGradient(true));
      step(model);
      int modelArrays = liveArrays(model);
      int ownerArrays = manager.getManagedArrays().size();

      for (int i = 0; i < 80; i++) {
        step(model);
      }

      assertThat(liveArrays(model)).as(family + " model").isEqualTo(modelArrays);
      assertThat(manager.getManagedArrays()).as(family + " owner").hasSize(ownerArrays);
    }
  }

  private static void step(LanguageModel model) {
    try (NDManager step = model.newManager()) {
      backward(model, step);
      model.loraParameters().values().forEach(p -> p.getGradient().close());
    }
  }

  private static int liveArrays(LanguageModel model) {
    return model
        .baseParameters()
        .get(model.baseParameters().firstKey())
        .getManager()
        .getManagedArrays()
        .size();
  }

  private static void backward(LanguageModel model, NDManager owner) {
    Torch.backward(loss(model, owner));
  }

  private static NDArray loss(LanguageModel model, NDManager owner) {
    return Torch.recording(
        () -> model.logits(model.hidden(Models.ids(2, 7, owner))).square().mean());
  }

  private double loss(LanguageModel model, String name, HostTensor value) {
    model.setParameters(Map.of(name, value));
    return meanSquare(Models.logits(model, Models.ids(2, 7, manager)));
  }

  private static double meanSquare(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += (double) value * value;
    }
    return sum / values.length;
  }

  private static HostTensor moved(HostTensor value, int index, float by) {
    float[] moved = value.toFloats();
    moved[index] += by;
    return HostTensor.of(value.shape(), moved);
  }

  private static double gradientNorm(NDArray parameter) {
    return Math.sqrt(meanSquare(parameter.getGradient().toFloatArray()));
  }
}
