package org.coplms.jobs.models;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.coplms.jobs.config.CotuneSettings;
import org.coplms.jobs.config.Settings;
import org.coplms.jobs.models.RunModels.Entry;
import org.coplms.jobs.pipeline.RunContext;
import org.coplms.proxy.cotune.TuningScope;
import org.coplms.proxy.distill.DistillConfig;
import org.coplms.proxy.distill.DpmInit;
import org.coplms.proxy.lm.LmConfig;
import org.coplms.proxy.lora.LoraConfig;
import org.coplms.proxy.mutual.DenseKl;
import org.coplms.proxy.tensor.Precision;
import org.coplms.udfs.memory.Footprint;
import org.coplms.udfs.memory.Machines;
import org.coplms.udfs.memory.Need;
import org.coplms.udfs.model.ModelFolder;

/** What each stage needs at least; see {@link Footprint} for what is counted. */
public final class MemoryNeeds {
  private static final int RECORDING_ROWS = 64; // of a batch whose logits are recorded
  private static final int NO_LORA = 0;
  private static final long FLOAT = Float.BYTES;
  private static final long STATE = 3; // a tuned tensor and its two moments
  private static final long COPIES = 2; // a state as it is read and as it is written

  private final RunContext context;
  private final Settings settings;
  private final CotuneSettings cotune;
  private final Machines machines;

  private MemoryNeeds(RunContext context) {
    this.context = context;
    this.settings = context.settings();
    this.cotune = settings.cotune();
    this.machines =
        Machines.of(context.spark().sparkContext(), context.settings().compute().choice());
  }

  /**
   * Refuses to distil the DPM where that would not fit.
   *
   * @throws IllegalArgumentException with what is needed, what is there, and a remedy
   */
  public static void requireDistilling(RunContext context) {
    MemoryNeeds needs = new MemoryNeeds(context);
    needs.recording().require(needs.machines.memory());
    needs.distilling().require(needs.machines.memory());
  }

  /** Refuses to co-tune where that would not fit; as {@link #requireDistilling}. */
  public static void requireCotuning(RunContext context) {
    MemoryNeeds needs = new MemoryNeeds(context);
    needs.edges().require(needs.machines.memory());
    needs.server().require(needs.machines.memory());
  }

  /** Refuses to answer questions where that would not fit; as {@link #requireDistilling}. */
  public static void requireAnswering(RunContext context) {
    MemoryNeeds needs = new MemoryNeeds(context);
    needs.answering().require(needs.machines.memory());
  }

  private Need recording() {
    Footprint llm = footprint(RunModels.llm(context));
    DistillConfig distill = settings.dpm().distill();
    long texts = llm.forward(RECORDING_ROWS, distill.maxTokens());
    return new Need(
        "Recording the LLM's logits",
        llm.shared(TuningScope.LORA),
        llm.weights(TuningScope.LORA, NO_LORA) + texts,
        machines.tasks(),
        0,
        "lower dpm.distill.max-tokens, set models.llm.dtype = bfloat16, or run fewer tasks at once (--master local[1], spark.executor.cores)");
  }

  private Need distilling() {
    DistillConfig distill = settings.dpm().distill();
    Footprint llm = footprint(RunModels.llm(context));
    Footprint dpm = distilled(llm);
    long rows = distill.batchSize();
    boolean beside = distill.direction() != DenseKl.Direction.FORWARD;
    long teacher =
        beside
            ? llm.weights(TuningScope.LORA, NO_LORA) + llm.forward(rows, distill.maxTokens())
            : 0;
    return new Need(
        "Distilling the DPM",
        beside ? llm.shared(TuningScope.LORA) : 0,
        dpm.weights(TuningScope.FULL, NO_LORA)
            + dpm.activations(rows, distill.maxTokens())
            + teacher,
        1,
        COPIES * FLOAT * dpm.parameters(),
        "lower dpm.distill.layers, batch-size or max-tokens, or set direction = forward");
  }

  /** The DPM before there is one: the LLM with fewer layers, or what its configuration says. */
  private Footprint distilled(Footprint llm) {
    DistillConfig distill = settings.dpm().distill();
    if (distill.init() == DpmInit.FRESH) {
      LmConfig fresh =
          LmConfig.parse(ModelConfigs.read(settings.dpm().freshConfig().orElseThrow()))
              .withVocabSize(llm.config().vocabSize());
      long layer = 12L * fresh.hiddenSize() * fresh.hiddenSize();
      long table = (long) fresh.vocabSize() * fresh.hiddenSize();
      return new Footprint(fresh, table + fresh.numLayers() * layer, Precision.FLOAT32, false);
    }
    int layers = distill.layersOf(llm.config().numLayers());
    long table = (long) llm.config().vocabSize() * llm.config().hiddenSize();
    long outside = Math.min(llm.parameters(), llm.config().tiedEmbeddings() ? table : 2 * table);
    long inside = (llm.parameters() - outside) / llm.config().numLayers() * layers;
    return new Footprint(llm.config(), outside + inside, Precision.FLOAT32, false);
  }

  private Need edges() {
    Footprint slm = largest(RunModels.slms(context));
    Footprint dpm = footprint(RunModels.dpm(context));
    TuningScope tuning = cotune.edge().slm().tuning();
    LoraConfig lora = cotune.edge().slm().lora();
    long rows = cotune.edge().batchSize();
    long tokens = cotune.edge().maxTokens();
    long state = tuning == TuningScope.FULL ? slm.parameters() : 0;
    long theta = cotune.thetaScope() == TuningScope.FULL ? dpm.parameters() : 0;
    int tasks = Math.min(machines.tasks(), settings.data().devices());
    return new Need(
        "Co-tuning on edge devices",
        slm.shared(tuning) + dpm.shared(cotune.thetaScope()),
        slm.weights(tuning, lora.rank())
            + dpm.weights(cotune.thetaScope(), cotune.theta().rank())
            + slm.activations(rows, tokens)
            + dpm.activations(rows, tokens),
        tasks,
        FLOAT * COPIES * (theta + tasks * (STATE * state + theta)),
        "run fewer tasks at once (--master local[1], spark.executor.cores), lower cotune.edge.batch-size or max-tokens, or set cotune.edge.slm.tuning = lora, cotune.theta-scope = lora, dtype = bfloat16 of models.slms");
  }

  private Need server() {
    Footprint llm = footprint(RunModels.llm(context));
    Footprint dpm = footprint(RunModels.dpm(context));
    boolean learns = cotune.server().llmSteps() > 0;
    TuningScope tuning = learns ? cotune.server().llmTuning() : TuningScope.LORA;
    long rows = cotune.server().batchSize();
    long tokens = cotune.server().maxTokens();
    long state = tuning == TuningScope.FULL ? llm.parameters() : 0;
    return new Need(
        "The server's part of a round",
        llm.shared(tuning) + dpm.shared(cotune.thetaScope()),
        llm.weights(tuning, cotune.server().llmLora().rank())
            + dpm.weights(cotune.thetaScope(), cotune.theta().rank())
            + Math.max(llm.activations(rows, tokens), dpm.activations(rows, tokens)),
        1,
        FLOAT * COPIES * STATE * state,
        "lower cotune.server.batch-size or max-tokens, or set cotune.server.llm-tuning = lora, models.llm.dtype = bfloat16");
  }

  private Need answering() {
    List<Entry> all = new ArrayList<>(RunModels.slms(context));
    all.add(RunModels.llm(context));
    long rows = settings.evaluation().batchSize();
    long answer = settings.evaluation().decoding().maxNewTokens();
    long tokens = cotune.edge().maxTokens() + answer;
    return all.stream()
        .map(this::footprint)
        .map(model -> answering(model, rows, tokens))
        .max(Comparator.comparingLong(Need::nativeBytes))
        .orElseThrow();
  }

  private Need answering(Footprint model, long rows, long tokens) {
    return new Need(
        "Answering the test questions",
        model.shared(TuningScope.LORA),
        model.weights(TuningScope.LORA, NO_LORA) + model.generation(rows, tokens),
        machines.tasks(),
        0,
        "lower evaluation.batch-size or evaluation.decoding.max-new-tokens, run fewer tasks at once (--master local[1], spark.executor.cores), or set the model's dtype = bfloat16");
  }

  private Footprint footprint(Entry entry) {
    LmConfig config = ModelFolder.config(entry.path(), context.store().hadoopConfiguration());
    boolean mapped = entry.mapped() && !machines.onDevice();
    return new Footprint(config, entry.parameters(), entry.precision(), mapped);
  }

  private Footprint largest(List<Entry> entries) {
    return footprint(
        entries.stream().max(Comparator.comparingLong(Entry::parameters)).orElseThrow());
  }
}
