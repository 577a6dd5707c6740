package org.coplms.jobs.export;

import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.Map;
import java.util.SortedMap;
import org.apache.hadoop.conf.Configuration;
import org.coplms.jobs.export.ExportRequest.Layout;
import org.coplms.jobs.pipeline.RunContext;
import org.coplms.proxy.lm.LanguageModel;
import org.coplms.proxy.lora.LoraConfig;
import org.coplms.proxy.lora.PeftAdapter;
import org.coplms.proxy.lora.SavedAdapter;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.tensor.Precision;
import org.coplms.proxy.tensor.Safetensors;
import org.coplms.proxy.tensor.TensorFiles;
import org.coplms.proxy.tensor.Weights;
import org.coplms.proxy.train.BaseModel;
import org.coplms.proxy.train.Compute;
import org.coplms.proxy.translate.GenerationArguments;
import org.coplms.udfs.model.ModelFolder;
import org.coplms.udfs.model.TorchDtype;

/**
 * Writes one tuned model: its LoRA in PEFT's layout, or the merged checkpoint; its domain adapters
 * beside either; a model card. The weights come last, so that a folder with them is whole.
 */
public final class Export {
  private static final String WEIGHT = ".weight";

  private final RunContext context;
  private final ExportRequest request;
  private final int round;
  private final TunedModel model;

  private Export(RunContext context, ExportRequest request) {
    this.context = context;
    this.request = request;
    this.round = request.round().orElseGet(() -> TunedModels.lastRound(context.store()));
    this.model = new TunedModels(context, round).find(request.subject());
  }

  /**
   * Writes what is asked for and says where.
   *
   * @return the folder
   * @throws ExportException when the model, the round or the layout cannot be had, or the target is
   *     not empty
   */
  public static String run(RunContext context, ExportRequest request) {
    return new Export(context, request).run();
  }

  private String run() {
    requireLoraForPeft();
    TargetFolder target = TargetFolder.open(out(), model.base().path(), request.force(), files());
    BaseModel base = ModelFolder.read(model.base().path(), files());
    try (var tokenizer = base.tokenizer()) {
      target.write(TargetFolder.CARD, ModelCard.of(context, model, request.layout(), round));
      target.write(TargetFolder.SERVING, ServingProperties.of(generation()));
      model.adapter().ifPresent(adapter -> writeAdapter(adapter, target));
      if (request.layout() == Layout.PEFT) {
        writeLora(base, target);
      } else {
        writeMerged(base, target);
      }
    }
    context
        .progress()
        .line(
            "exported the %s after round %d to %s: %s"
                .formatted(
                    model.label(), round, target.path(), String.join(", ", target.written())));
    return target.path();
  }

  private void requireLoraForPeft() {
    if (request.layout() == Layout.PEFT && model.lora().isEmpty()) {
      throw new ExportException(
          "the %s was tuned in full, so it has no LoRA; use --format merged"
              .formatted(model.label()));
    }
  }

  private String out() {
    return request
        .out()
        .orElseGet(
            () ->
                context
                    .store()
                    .path(
                        "export/round-%04d/%s-%s"
                            .formatted(round, model.fileName(), request.layout())));
  }

  private Configuration files() {
    return context.store().hadoopConfiguration();
  }

  private GenerationArguments generation() {
    return new GenerationArguments(
        context.settings().text().promptFormat(),
        context.settings().evaluation().decoding().decoding(),
        context.settings().seed());
  }

  private void writeAdapter(SavedAdapter adapter, TargetFolder target) {
    context
        .progress()
        .line(
            "note: the domain adapter of the %s is neither LoRA nor foldable into weights; it is written beside them (%s), and only DJL with this project's block uses it"
                .formatted(model.label(), SavedAdapter.WEIGHTS));
    target.write(SavedAdapter.CONFIG, adapter.configJson());
    writeTensors(SavedAdapter.WEIGHTS, adapter.tensors(), target);
  }

  private void writeLora(BaseModel base, TargetFolder target) {
    LoraConfig lora = model.lora().orElseThrow();
    Collection<String> modules =
        base.weights().names().stream()
            .filter(name -> name.endsWith(WEIGHT))
            .map(name -> name.substring(0, name.length() - WEIGHT.length()))
            .toList();
    PeftAdapter adapter =
        PeftAdapter.of(
            localPath(model.base().path()),
            lora,
            base.config().family().storesInOut(),
            model.tensors(),
            modules);
    target.write(PeftAdapter.CONFIG, adapter.configJson());
    writeTensors(PeftAdapter.WEIGHTS, adapter.tensors(), target);
  }

  /** Tensor by tensor; a model that was tuned in full needs no other than its own. */
  private void writeMerged(BaseModel base, TargetFolder target) {
    target.copyCompanions(model.base().path());
    if (model.lora().isEmpty()) {
      writeMerged(base, Weights.of(model.tensors()), target);
      return;
    }
    Compute compute = Compute.oneCore();
    compute.begin();
    try (NDManager manager = compute.newManager();
        LanguageModel open = model.open(inItsPages(base), manager)) {
      writeMerged(base, open.merged(), target);
    }
  }

  private void writeMerged(BaseModel base, Weights merged, TargetFolder target) {
    Weights stored =
        merged.stored(name -> request.dtype().orElseGet(() -> base.weights().type(name)));
    TorchDtype.write(target.path(), stored, files());
    TensorFiles.write(stored, target::create);
  }

  /** Held as it is stored where that saves a copy; what is folded in is float32 either way. */
  private static BaseModel inItsPages(BaseModel base) {
    return base.weights().areMapped(Precision.BFLOAT16)
        ? new BaseModel(base.config(), base.weights(), base.tokenizer(), Precision.BFLOAT16)
        : base;
  }

  private static void writeTensors(
      String name, SortedMap<String, HostTensor> tensors, TargetFolder target) {
    try (OutputStream out = target.create(name)) {
      Safetensors.write(tensors, Map.of("format", "pt"), out);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write %s/%s".formatted(target.path(), name), e);
    }
  }

  /** Python's libraries know local paths without a scheme only. */
  static String localPath(String path) {
    return path.replaceFirst("^file:/+", "/");
  }
}
