package org.coplms.udfs.edge;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.coplms.proxy.cotune.DstConfig;
import org.coplms.proxy.cotune.EdgeConfig;
import org.coplms.proxy.cotune.RehearsalConfig;
import org.coplms.proxy.cotune.SamlConfig;
import org.coplms.proxy.cotune.SlmConfig;
import org.coplms.proxy.cotune.ThetaConfig;
import org.coplms.proxy.cotune.TuningScope;
import org.coplms.proxy.lora.AdapterConfig;
import org.coplms.proxy.lora.LoraConfig;
import org.coplms.proxy.merge.ProxyUpdate;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.tensor.Safetensors;
import org.coplms.proxy.tokenizer.TextFormat;
import org.coplms.proxy.train.OptimizerConfig;
import org.coplms.udfs.TinyWorld;
import org.coplms.udfs.model.ModelLocation;
import org.coplms.udfs.server.InitialTheta;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("spark")
class EdgeUpdateTest {
  private static final int DEVICES = 3;
  private static final LoraConfig THETA = new LoraConfig(2, 4, 0.1, List.of(LoraConfig.ALL_LINEAR));
  private static final OptimizerConfig ADAMW = new OptimizerConfig(1e-2, 0.01, 1.0, 0, 1.0);

  @TempDir static Path folder;
  private static TinyWorld world;
  private static EdgeSpec spec;
  private static JavaRDD<Row> data;
  private static Broadcast<SortedMap<String, HostTensor>> theta;

  @BeforeAll
  static void start() {
    world = TinyWorld.start("local[2,3]");
    ModelLocation dpm = world.model(folder.resolve("dpm"), 262, 2, 1);
    spec =
        new EdgeSpec(
            17,
            2,
            edge(),
            new ThetaConfig(THETA, false),
            TextFormat.LINES,
            dpm,
            List.of(
                world.model(folder.resolve("slm-a"), 259, 1, 2),
                world.model(folder.resolve("slm-b"), 264, 1, 3)),
            world.task());
    data = DeviceData.byDevice(world.questions(DEVICES, 6, 4), DEVICES);
    byte[] bytes = InitialTheta.of(world.context(), dpm, THETA, 5, world.task()).first();
    theta = world.context().broadcast(Safetensors.fromBytes(bytes));
  }

  private static EdgeConfig edge() {
    LoraConfig slmLora = new LoraConfig(2, 4, 0, List.of(LoraConfig.ALL_LINEAR));
    return new EdgeConfig(
        4,
        64,
        new SlmConfig(TuningScope.FULL, slmLora, new AdapterConfig(3), ADAMW, ADAMW),
        new AdapterConfig(3),
        new DstConfig(2),
        new SamlConfig(3, 0.5, 0.5, 1.0, 8, 0.5, ADAMW),
        new RehearsalConfig(2, 8, 1.0, 0.5, 0.8, 20, 0.3, 48, 0.5));
  }

  @AfterAll
  static void stop() {
    world.close();
  }

  @Test
  void eachDeviceYieldsThetaAndACountAndNothingElse() {
    List<ProxyUpdate> updates = run(data, "plain");
    assertThat(updates).extracting(ProxyUpdate::deviceId).containsExactly(0, 1, 2);
    for (ProxyUpdate update : updates) {
      assertThat(update.round()).isEqualTo(1);
      assertThat(update.numExamples()).isEqualTo(6);
      assertThat(update.tensors()).containsOnlyKeys(theta.value().keySet());
      update
          .tensors()
          .forEach(
              (name, sent) -> assertThat(sent.shape()).isEqualTo(theta.value().get(name).shape()));
      assertThat(update.tensors()).isNotEqualTo(theta.value());
      assertThat(update.bytes())
          .isEqualTo(theta.value().values().stream().mapToLong(t -> 4L * t.size()).sum());
    }
    assertThat(updates.get(0).tensors()).isNotEqualTo(updates.get(2).tensors());
  }

  @Test
  void theRowsSayWhichDeviceLearnsWhateverThePartition() {
    List<ProxyUpdate> expected = run(data, "apart");
    assertThat(run(data.coalesce(1), "together")).isEqualTo(expected);
    assertThat(states("together")).isEqualTo(states("apart"));
  }

  @Test
  void aTaskThatFailsAfterItsUpdateRepeatsItBitForBit() {
    List<ProxyUpdate> expected = run(data, "calm");
    JavaRDD<ProxyUpdate> failing = updates(data, "failing").mapPartitions(new FailingOnce());
    assertThat(sorted(failing)).isEqualTo(expected);
    assertThat(states("failing")).hasSize(DEVICES).isEqualTo(states("calm"));
  }

  @Test
  void whatGoesToTasksSurvivesSerialization() throws Exception {
    EdgeSpec copy = (EdgeSpec) copyOf(spec);
    assertThat(copy.edge()).isEqualTo(spec.edge());
    assertThat(copy.slms()).isEqualTo(spec.slms());
    ProxyUpdate update = run(data, "sent").get(0);
    assertThat(copyOf(update)).isEqualTo(update);
  }

  @Test
  void leavesNoArrayBehindInNativeMemory() {
    run(data, "warm");
    int before = liveArrays();
    for (int i = 0; i < 3; i++) {
      run(data, "again-" + i);
      assertThat(liveArrays()).isEqualTo(before);
    }
  }

  /** Arrays of every manager that is open, below the one that all others descend from. */
  private static int liveArrays() {
    try (NDManager root = Engine.getEngine("PyTorch").newBaseManager()) {
      return root.getParentManager().getManagedArrays().size();
    }
  }

  private static List<ProxyUpdate> run(JavaRDD<Row> rows, String name) {
    return sorted(updates(rows, name));
  }

  private static JavaRDD<ProxyUpdate> updates(JavaRDD<Row> rows, String name) {
    RoundFolders folders = new RoundFolders("", folder.resolve(name).toString());
    return EdgeUpdate.of(rows, spec, 1, folders, theta);
  }

  private static List<ProxyUpdate> sorted(JavaRDD<ProxyUpdate> updates) {
    return updates.collect().stream()
        .sorted(Comparator.comparingInt(ProxyUpdate::deviceId))
        .toList();
  }

  private static SortedMap<String, HostTensor> states(int device, String name) {
    return Safetensors.read(folder.resolve(name).resolve(device + ".safetensors"));
  }

  private static SortedMap<Integer, SortedMap<String, HostTensor>> states(String name) {
    SortedMap<Integer, SortedMap<String, HostTensor>> states = new TreeMap<>();
    for (int device = 0; device < DEVICES; device++) {
      assertThat(folder.resolve(name)).isDirectory();
      if (Files.exists(folder.resolve(name).resolve(device + ".safetensors"))) {
        states.put(device, states(device, name));
      }
    }
    return states;
  }

  private static Object copyOf(Object value) throws IOException, ClassNotFoundException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(value);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      return in.readObject();
    }
  }

  /** Takes the update and fails, on the first attempt of every task. */
  private static final class FailingOnce
      implements FlatMapFunction<Iterator<ProxyUpdate>, ProxyUpdate> {
    private static final long serialVersionUID = 1L;

    @Override
    public Iterator<ProxyUpdate> call(Iterator<ProxyUpdate> updates) {
      List<ProxyUpdate> taken = new ArrayList<>();
      updates.forEachRemaining(taken::add);
      if (TaskContext.get().attemptNumber() == 0) {
        throw new IllegalStateException("lost after the work was done");
      }
      return taken.iterator();
    }
  }
}
