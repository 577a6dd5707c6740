package org.coplms.jobs.models;

import java.util.Comparator;
import java.util.List;
import org.coplms.jobs.config.CotuneSettings;
import org.coplms.jobs.config.Settings;
import org.coplms.jobs.models.RunModels.Entry;
import org.coplms.jobs.pipeline.RunContext;
import org.coplms.proxy.cotune.TuningScope;

/**
 * What co-tuning needs at least, so that a run that cannot fit is refused before it starts.
 *
 * <p>Counted are weights, gradients and Adam moments in float32, and the activations of one batch:
 * about 20 arrays of the hidden size for each layer and token, and 3 of the vocabulary for each
 * token. Clusters are not checked: their executors are other machines.
 */
public final class MemoryNeeds {
  private static final long FLOAT = 4;
  private static final long TRAINED = 4; // weight, gradient and two moments
  private static final long ARRAYS_PER_LAYER = 20;
  private static final long ARRAYS_OF_VOCABULARY = 3;

  private final Settings settings;
  private final CotuneSettings cotune;
  private final Entry llm;
  private final Entry dpm;
  private final List<Entry> slms;
  private final int tasks;

  private MemoryNeeds(RunContext context) {
    this.settings = context.settings();
    this.cotune = settings.cotune();
    this.llm = RunModels.llm(context);
    this.dpm = RunModels.dpm(context);
    this.slms = RunModels.slms(context);
    this.tasks =
        Math.min(context.spark().sparkContext().defaultParallelism(), settings.data().devices());
  }

  /**
   * Refuses a local run that would not fit.
   *
   * @throws IllegalArgumentException with what is needed, what is there, and a remedy
   */
  public static void require(RunContext context) {
    if (context.spark().sparkContext().isLocal()) {
      MemoryNeeds needs = new MemoryNeeds(context);
      MemoryCheck.requireHeap(needs.heap(), "Co-tuning these models");
      MemoryCheck.require(
          Math.max(needs.edges(), needs.server()),
          "Co-tuning these models with %d tasks at once".formatted(needs.tasks),
          "run fewer tasks (--master local[1]) or lower cotune.edge.batch-size and max-tokens");
    }
  }

  /** Base weights, and for each task the state of a device as it is read and written. */
  private long heap() {
    long shared = FLOAT * (llm.parameters() + dpm.parameters());
    for (Entry slm : slms) {
      shared += FLOAT * slm.parameters();
    }
    return shared + 2L * tasks * FLOAT * TRAINED * largestSlm().parameters();
  }

  private long edges() {
    Entry slm = largestSlm();
    boolean full = cotune.edge().slm().tuning() == TuningScope.FULL;
    long slmBytes = FLOAT * slm.parameters() * (full ? TRAINED : 1);
    long tokens = (long) cotune.edge().batchSize() * cotune.edge().maxTokens();
    long task =
        slmBytes + FLOAT * dpm.parameters() + activations(slm, tokens) + activations(dpm, tokens);
    return tasks * task;
  }

  private long server() {
    long tokens = (long) cotune.server().batchSize() * cotune.server().maxTokens();
    return FLOAT * (llm.parameters() + dpm.parameters()) + activations(llm, tokens);
  }

  private static long activations(Entry model, long tokens) {
    long perToken =
        ARRAYS_PER_LAYER * model.layers() * model.hiddenSize()
            + ARRAYS_OF_VOCABULARY * model.vocabSize();
    return FLOAT * tokens * perToken;
  }

  private Entry largestSlm() {
    return slms.stream().max(Comparator.comparingLong(Entry::parameters)).orElseThrow();
  }
}
