package org.coplms.jobs.export;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.coplms.dataprep.DataStatistics;
import org.coplms.dataprep.Prepared;
import org.coplms.dataprep.Splits;
import org.coplms.jobs.config.ConfigJson;
import org.coplms.jobs.config.Settings;
import org.coplms.jobs.models.ModelNames;
import org.coplms.jobs.pipeline.RunContext;
import org.coplms.jobs.results.PredictionScores;
import org.coplms.jobs.store.RunStore;
import org.coplms.proxy.lora.LoraConfig;
import org.coplms.proxy.metric.Scores;
import org.coplms.udfs.store.HadoopFiles;

/** What a run knows about one of its models, as rows of tables. */
final class CardFacts {
  /** What shapes the result most; keys that this run's settings have not are passed over. */
  private static final List<String> METHOD_KEYS =
      List.of(
          "cotune.strategy",
          "cotune.rounds",
          "cotune.merge",
          "cotune.theta-scope",
          "cotune.edge.batch-size",
          "cotune.edge.max-tokens",
          "cotune.edge.slm.optimizer.learning-rate",
          "cotune.edge.dst.steps",
          "cotune.edge.saml.steps",
          "cotune.edge.saml.slm-lambda",
          "cotune.edge.saml.dpm-lambda",
          "cotune.edge.saml.temperature",
          "cotune.edge.saml.top-k",
          "cotune.edge.rehearsal.steps",
          "cotune.server.theta-steps",
          "cotune.server.llm-steps",
          "cotune.server.dpm-lambda",
          "cotune.server.llm-lambda",
          "cotune.server.generated",
          "cotune.server.llm.learning-rate",
          "data.devices",
          "data.alpha",
          "seed");

  private static final int SERVER = -1;

  private final RunContext context;
  private final TunedModel model;
  private final int round;
  private final DataStatistics statistics;

  CardFacts(RunContext context, TunedModel model, int round) {
    this.context = context;
    this.model = model;
    this.round = round;
    this.statistics = Prepared.statistics(context.store().dataPath());
  }

  List<List<String>> base() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("name", model.base().name()));
    rows.add(List.of("family", model.base().family()));
    rows.add(List.of("parameters", number(model.base().parameters())));
    rows.add(List.of("layers", number(model.base().layers())));
    rows.add(List.of("hidden size", number(model.base().hiddenSize())));
    rows.add(List.of("SHA-256 of its weights", CardText.code(model.base().hash())));
    rows.add(List.of("tuned", model.lora().map(CardFacts::lora).orElse("every weight")));
    return rows;
  }

  private static String lora(LoraConfig lora) {
    return "LoRA of rank %d, alpha %s, dropout %s on %s"
        .formatted(lora.rank(), lora.alpha(), lora.dropout(), String.join(", ", lora.targets()));
  }

  String dataSummary() {
    String source = context.settings().data().source().kind();
    return model.device().isPresent()
        ? "Examples of this device by domain, source `%s`; of %d edge devices it is one."
            .formatted(source, statistics.devices().size())
        : "The server's examples by domain, source `%s`; %d edge devices held %s private training examples, which the server never saw."
            .formatted(source, statistics.devices().size(), number(privateExamples()));
  }

  private long privateExamples() {
    return statistics.devices().stream()
        .mapToLong(device -> statistics.deviceRows(device, Splits.TRAIN))
        .sum();
  }

  private List<String> splits() {
    return model.device().isPresent() ? Splits.DEVICE : Splits.SERVER;
  }

  List<String> dataHeader() {
    List<String> header = new ArrayList<>(List.of("domain"));
    header.addAll(splits());
    return header;
  }

  List<List<String>> data() {
    int place = model.device().orElse(SERVER);
    List<List<String>> rows = new ArrayList<>();
    for (String domain : statistics.domains()) {
      List<Long> counts =
          splits().stream().map(split -> statistics.rows(place, split, domain)).toList();
      if (counts.stream().anyMatch(count -> count > 0)) {
        List<String> row = new ArrayList<>(List.of(domain));
        counts.forEach(count -> row.add(number(count)));
        rows.add(row);
      }
    }
    return rows;
  }

  /** Of the last round, where its answers were scored; else none. */
  List<List<String>> scores() {
    if (round != context.settings().cotune().rounds()) {
      return List.of();
    }
    List<List<String>> rows = new ArrayList<>();
    RunStore store = context.store();
    List<String> folders = List.of(store.base().predictionsPath(), store.predictionsPath());
    for (String folder : folders.stream().distinct().toList()) {
      if (HadoopFiles.exists(folder, store.hadoopConfiguration())) {
        PredictionScores scores = PredictionScores.read(context.spark(), folder);
        names().forEach(name -> of(scores, name).ifPresent(s -> rows.add(row(name, s))));
      }
    }
    return rows;
  }

  private List<String> names() {
    if (model.device().isPresent()) {
      return List.of(ModelNames.SLM_BEFORE, ModelNames.SLM_ALONE, ModelNames.SLM_AFTER);
    }
    return model.fileName().equals("llm")
        ? List.of(ModelNames.LLM_BEFORE, ModelNames.LLM_AFTER)
        : List.of(ModelNames.DPM_BEFORE, ModelNames.DPM);
  }

  private Optional<Scores> of(PredictionScores scores, String name) {
    return model.device().isPresent()
        ? Optional.ofNullable(scores.byDevice(name).get(model.device().getAsInt()))
        : scores.inDomains(name, domain -> true);
  }

  private static List<String> row(String name, Scores scores) {
    return List.of(
        name,
        String.format(Locale.ROOT, "%.1f", scores.rougeL()),
        String.format(Locale.ROOT, "%.1f", scores.exactMatch()),
        number(scores.examples()));
  }

  List<List<String>> method() {
    Settings settings = context.settings();
    JsonNode tree = ConfigJson.tree(settings);
    List<List<String>> rows = new ArrayList<>();
    for (String key : METHOD_KEYS) {
      JsonNode value = tree.at("/" + key.replace('.', '/'));
      if (value.isValueNode()) {
        rows.add(List.of(key, value.asText()));
      }
    }
    rows.add(List.of("configuration's fingerprint", context.store().fingerprint()));
    return rows;
  }

  private static String number(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }
}
