package org.coplms.jobs.models;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.coplms.jobs.pipeline.RunContext;
import org.coplms.jobs.store.RunStore;
import org.coplms.jobs.store.RunStoreException;
import org.coplms.proxy.lm.Checkpoint;
import org.coplms.proxy.tensor.Precision;
import org.coplms.proxy.train.BaseModel;
import org.coplms.udfs.model.ModelFolder;
import org.coplms.udfs.model.ModelLocation;
import org.coplms.udfs.store.HadoopFiles;

/**
 * The models of a run as its later stages find them: {@code models/models.json} names folder,
 * hashes and size of each.
 */
public final class RunModels {
  /** Name of the proxy model. */
  public static final String DPM = "dpm";

  private static final String INDEX = "models/models.json";

  private final RunStore store;

  public RunModels(RunStore store) {
    this.store = store.base();
  }

  /**
   * What is known of a model.
   *
   * @param hash content hash of its weights
   * @param tokenizer hash of its tokenizer
   * @param precision of its frozen weights
   * @param mapped whether they are pages of its files, which tasks share
   */
  public record Entry(
      String name,
      String path,
      String hash,
      String tokenizer,
      String family,
      long parameters,
      int vocabSize,
      int hiddenSize,
      int layers,
      Precision precision,
      boolean mapped) {
    /** For tasks. */
    public ModelLocation location() {
      return new ModelLocation(path, hash, precision);
    }

    /** The same model in another folder. */
    public Entry at(String folder) {
      return new Entry(
          name,
          folder,
          hash,
          tokenizer,
          family,
          parameters,
          vocabSize,
          hiddenSize,
          layers,
          precision,
          mapped);
    }
  }

  /** Folder of a model inside the run. */
  public String folder(String name) {
    return store.modelsPath() + "/" + name;
  }

  /** {@link #register(String, String, Precision)} of a model in single precision. */
  public Entry register(String name, String path) {
    return register(name, path, Precision.FLOAT32);
  }

  /** Opens a model's folder and records what it holds; all of it is read once, for its hash. */
  public Entry register(String name, String path, Precision precision) {
    BaseModel model = ModelFolder.read(path, precision, store.hadoopConfiguration());
    try (var tokenizer = model.tokenizer()) {
      ObjectNode index =
          store.exists(INDEX)
              ? (ObjectNode) store.readJson(INDEX)
              : JsonMapper.builder().build().createObjectNode();
      ObjectNode entry = index.putObject(name);
      entry.put("path", HadoopFiles.absolute(path, store.hadoopConfiguration()));
      entry.put("hash", model.hash());
      entry.put("tokenizer", tokenizer.hash());
      entry.put("family", model.config().family().modelType());
      entry.put("parameters", model.parameterCount());
      entry.put("vocab_size", tokenizer.vocabSize());
      entry.put("hidden_size", model.config().hiddenSize());
      entry.put("layers", model.config().numLayers());
      entry.put("precision", precision.hfName());
      entry.put("mapped", model.weights().areMapped(precision));
      store.writeJson(INDEX, index);
    }
    return entry(name);
  }

  /**
   * A model where it is now: where it was, or in the folder of a run that was moved.
   *
   * @throws RunStoreException when it is in neither
   */
  public Entry located(String name) {
    Entry entry = entry(name);
    for (String place : List.of(entry.path(), folder(name))) {
      if (HadoopFiles.exists(place + "/" + Checkpoint.CONFIG, store.hadoopConfiguration())) {
        return place.equals(entry.path()) ? entry : entry.at(place);
      }
    }
    throw new RunStoreException(
        "the model %s that the run in %s started from is not in %s any more; put it back there, or a copy into %s"
            .formatted(name, store.root(), entry.path(), folder(name)));
  }

  /** What was recorded of a model. */
  public Entry entry(String name) {
    JsonNode entry = store.readJson(INDEX).path(name);
    return new Entry(
        name,
        entry.path("path").asText(),
        entry.path("hash").asText(),
        entry.path("tokenizer").asText(),
        entry.path("family").asText(),
        entry.path("parameters").asLong(),
        entry.path("vocab_size").asInt(),
        entry.path("hidden_size").asInt(),
        entry.path("layers").asInt(),
        Precision.parse(entry.path("precision").asText(Precision.FLOAT32.hfName())),
        entry.path("mapped").asBoolean());
  }

  /** Content hashes of all models and their tokenizers, by name. */
  public static Map<String, String> hashes(RunContext context) {
    List<Entry> all = new ArrayList<>(slms(context));
    all.add(llm(context));
    all.add(dpm(context));
    Map<String, String> hashes = new TreeMap<>();
    for (Entry entry : all) {
      hashes.put(entry.name(), entry.hash());
      hashes.put(entry.name() + ".tokenizer", entry.tokenizer());
    }
    return hashes;
  }

  /** The LLM. */
  public static Entry llm(RunContext context) {
    return new RunModels(context.store()).entry(context.settings().models().llm().name());
  }

  /** The DPM. */
  public static Entry dpm(RunContext context) {
    return new RunModels(context.store()).entry(DPM);
  }

  /** The SLMs on the devices; device i runs the one at i mod their number. */
  public static List<Entry> slms(RunContext context) {
    RunModels models = new RunModels(context.store());
    List<Entry> entries = new ArrayList<>();
    for (String name : context.settings().deviceSlms()) {
      entries.add(models.entry(name));
    }
    return entries;
  }
}
