package org.coplms.proxy.cotune;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Structure;
import org.coplms.proxy.lm.Family;
import org.coplms.proxy.train.BaseModel;
import org.coplms.proxy.train.Compute;
import org.coplms.proxy.train.TinyTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Native memory over steps and over rounds. */
class EdgeMemoryTest {
  private static final int ROUNDS = 18;

  @Test
  void liveArraysStayFlatOverThePhasesOfARound() {
    Compute compute = Compute.oneCore();
    compute.begin();
    EdgeTask task = EdgeScene.task(1, EdgeScene.everything(TuningScope.LORA));
    EdgeInputs inputs = EdgeScene.inputs();
    try (EdgeModels models = EdgeModels.open(task, inputs, compute)) {
      new EdgeLearner(task, models, inputs, compute).run(0); // the models keep their tables
      int before = liveArrays(models);
      for (int i = 0; i < 5; i++) {
        new EdgeLearner(task, models, inputs, compute).run(0);
      }
      assertThat(liveArrays(models)).isEqualTo(before);
    }
  }

  /**
   * A leak shows in every window of rounds; the Java machine's own share rises in some and falls in
   * others.
   */
  @Test
  @EnabledOnOs(OS.LINUX)
  void memoryInUseStaysFlatOverRounds() throws InterruptedException {
    BaseModel slm = TinyTask.random(Family.GPT2, 96, 2, EdgeScene.SLM_TOKENIZER, 1);
    BaseModel dpm = TinyTask.random(Family.LLAMA, 96, 2, EdgeScene.DPM_TOKENIZER, 1);
    EdgeInputs inputs = EdgeScene.inputs(slm, dpm, EdgeScene.PRIVATE);
    long model = 4 * Math.min(slm.parameterCount(), dpm.parameterCount());
    long smallestGrowth = Long.MAX_VALUE;
    long before = lowestMemory(inputs);
    for (int window = 0; window < 3; window++) {
      long after = lowestMemory(inputs);
      smallestGrowth = Math.min(smallestGrowth, after - before);
      before = after;
    }
    assertThat(smallestGrowth).isLessThan(ROUNDS * model / 2);
  }

  /** Of three looks within {@link #ROUNDS} rounds. */
  private static long lowestMemory(EdgeInputs inputs) throws InterruptedException {
    EdgeTask task =
        EdgeScene.task(
            1,
            EdgeScene.edge(
                new DstConfig(1), EdgeScene.saml(1, 0.5, 0.5, 16), EdgeScene.rehearsal(1, 2, 10)));
    long lowest = Long.MAX_VALUE;
    for (int round = 1; round <= ROUNDS; round++) {
      EdgeScene.run(task, inputs);
      if (round % (ROUNDS / 3) == 0) {
        System.gc(); // frees the buffers that were on their way to torch
        Thread.sleep(100);
        lowest = Math.min(lowest, Malloc.bytesInUse());
      }
    }
    return lowest;
  }

  private static int liveArrays(EdgeModels models) {
    try (NDManager step = models.newStep()) {
      return step.getParentManager().getManagedArrays().size();
    }
  }

  /** The C library's allocator, which torch takes its memory from. */
  static final class Malloc {
    private Malloc() {}

    static long bytesInUse() {
      Function mallinfo2 = NativeLibrary.getInstance("c").getFunction("mallinfo2");
      Info info = (Info) mallinfo2.invoke(Info.class, new Object[0]);
      return info.uordblks + info.hblkhd;
    }

    /** {@code struct mallinfo2} of glibc 2.33 and later. */
    @Structure.FieldOrder({
      "arena",
      "ordblks",
      "smblks",
      "hblks",
      "hblkhd",
      "usmblks",
      "fsmblks",
      "uordblks",
      "fordblks",
      "keepcost"
    })
    public static final class Info extends Structure implements Structure.ByValue {
      public long arena;
      public long ordblks;
      public long smblks;
      public long hblks;
      public long hblkhd;
      public long usmblks;
      public long fsmblks;
      public long uordblks;
      public long fordblks;
      public long keepcost;
    }
  }
}
