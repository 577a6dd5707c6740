package org.coplms.udfs.baseline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.coplms.proxy.baseline.LocalUpdate;
import org.coplms.proxy.cotune.DstConfig;
import org.coplms.proxy.cotune.EdgeConfig;
import org.coplms.proxy.cotune.KeptState;
import org.coplms.proxy.cotune.RehearsalConfig;
import org.coplms.proxy.cotune.SamlConfig;
import org.coplms.proxy.cotune.SlmConfig;
import org.coplms.proxy.cotune.ThetaConfig;
import org.coplms.proxy.cotune.TuningScope;
import org.coplms.proxy.lora.AdapterConfig;
import org.coplms.proxy.lora.LoraConfig;
import org.coplms.proxy.tokenizer.TextFormat;
import org.coplms.proxy.train.Example;
import org.coplms.proxy.train.OptimizerConfig;
import org.coplms.udfs.TinyWorld;
import org.coplms.udfs.edge.DeviceData;
import org.coplms.udfs.edge.EdgeSpec;
import org.coplms.udfs.edge.RoundFolders;
import org.coplms.udfs.model.ModelLocation;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("spark")
class LocalTrainingTest {
  private static final int DEVICES = 3;
  private static final LoraConfig LORA = new LoraConfig(2, 4, 0, List.of(LoraConfig.ALL_LINEAR));
  private static final OptimizerConfig ADAMW = new OptimizerConfig(1e-2, 0.01, 1.0, 0, 1.0);
  private static final Example SHARED =
      new Example("shared", "d", "what is shared?", List.of("the other"));

  @TempDir static Path folder;
  private static TinyWorld world;
  private static LocalSpec spec;
  private static JavaRDD<Row> data;
  private static Broadcast<LocalMessage> message;

  @BeforeAll
  static void start() {
    world = TinyWorld.start("local[2,3]");
    ModelLocation slm = world.model(folder.resolve("slm-a"), 259, 1, 2);
    EdgeSpec edge =
        new EdgeSpec(
            17,
            2,
            edge(),
            new ThetaConfig(LORA, false),
            TextFormat.LINES,
            slm,
            List.of(slm, world.model(folder.resolve("slm-b"), 264, 1, 3)),
            world.task());
    spec = new LocalSpec(edge, true, 0.5);
    data = DeviceData.byDevice(world.questions(DEVICES, 6, 4), DEVICES);
    message = world.context().broadcast(LocalMessage.of(List.of(SHARED)));
  }

  private static EdgeConfig edge() {
    return new EdgeConfig(
        4,
        64,
        new SlmConfig(TuningScope.LORA, LORA, new AdapterConfig(3), ADAMW, ADAMW),
        new AdapterConfig(3),
        new DstConfig(1),
        new SamlConfig(3, 0.5, 0.5, 1.0, 8, 0.5, ADAMW),
        new RehearsalConfig(0, 8, 1.0, 0.5, 0.8, 20, 0.3, 48, 0));
  }

  @AfterAll
  static void stop() {
    world.close();
  }

  @Test
  void onlyLoraFactorsAndACountLeaveADevice() throws Exception {
    List<LocalUpdate> updates = sorted(train("plain"));
    assertThat(updates).extracting(LocalUpdate::deviceId).containsExactly(0, 1, 2);
    assertThat(updates).extracting(LocalUpdate::group).containsExactly(0, 1, 0);
    for (LocalUpdate update : updates) {
      assertThat(update.update().numExamples()).isEqualTo(6);
      assertThat(update.update().tensors().keySet()).allMatch(name -> name.contains(".lora_"));
      String sent = new String(bytes(update), StandardCharsets.ISO_8859_1);
      assertThat(sent).contains(".lora_").doesNotContain(" and ", "the other", "shared?");
    }
  }

  @Test
  void aTaskThatFailsAfterItsWorkRepeatsItBitForBit() throws Exception {
    List<LocalUpdate> calm = sorted(train("calm"));
    assertThat(sorted(train("failing").mapPartitions(new FailingOnce()))).isEqualTo(calm);
    for (int device = 0; device < DEVICES; device++) {
      assertThat(state("failing", device)).isEqualTo(state("calm", device));
    }
  }

  @Test
  void roundsInOneGoAreTheRoundsOneByOne() throws Exception {
    LocalRange both = new LocalRange(1, 2, new RoundFolders("", path("both")));
    assertThat(LocalTraining.alone(data, spec, both, message).collect())
        .containsExactlyInAnyOrder(0, 1, 2);
    train("first").count();
    LocalRange second = new LocalRange(2, 2, new RoundFolders(path("first"), path("second")));
    LocalTraining.of(data, spec, second, message).count();
    assertThat(state("both", 1)).isEqualTo(state("second", 1)).isNotEqualTo(state("first", 1));
  }

  @Test
  void deliveredTensorsReplaceTheTunedOnes() throws Exception {
    List<LocalUpdate> updates = sorted(train("sent"));
    Delivery.Parcel parcel =
        new Delivery.Parcel(
            Map.of(0, updates.get(2).update().tensors(), 1, updates.get(1).update().tensors()),
            Collections.emptySortedSet());
    RoundFolders folders = new RoundFolders(path("sent"), path("delivered"));
    Delivery.of(world.context(), List.of(0, 1, 2), spec, folders, world.context().broadcast(parcel))
        .collect();
    KeptState first = state("delivered", 0);
    assertThat(first.group("slm")).isEqualTo(updates.get(2).update().tensors());
    assertThat(first.group("adam")).isEmpty();
    assertThat(first.group("slm-adapter")).isEqualTo(state("sent", 0).group("slm-adapter"));
    assertThat(first.seen()).hasSize(1).isEqualTo(state("sent", 0).seen());
  }

  private static JavaRDD<LocalUpdate> train(String name) {
    LocalRange range = new LocalRange(1, 1, new RoundFolders("", path(name)));
    return LocalTraining.of(data, spec, range, message);
  }

  private static List<LocalUpdate> sorted(JavaRDD<LocalUpdate> updates) {
    return updates.collect().stream()
        .sorted(Comparator.comparingInt(LocalUpdate::deviceId))
        .toList();
  }

  private static String path(String name) {
    return folder.resolve(name).toString();
  }

  private static KeptState state(String name, int device) throws IOException {
    return KeptState.fromBytes(
        Files.readAllBytes(folder.resolve(name).resolve(device + ".safetensors")));
  }

  private static byte[] bytes(Object value) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(value);
    }
    return bytes.toByteArray();
  }

  /** Takes the update and fails, on the first attempt of every task. */
  private static final class FailingOnce
      implements FlatMapFunction<Iterator<LocalUpdate>, LocalUpdate> {
    private static final long serialVersionUID = 1L;

    @Override
    public Iterator<LocalUpdate> call(Iterator<LocalUpdate> updates) {
      List<LocalUpdate> taken = new ArrayList<>();
      updates.forEachRemaining(taken::add);
      if (TaskContext.get().attemptNumber() == 0) {
        throw new IllegalStateException("lost after the work was done");
      }
      return taken.iterator();
    }
  }
}
