package org.coplms.jobs.export;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.coplms.jobs.config.CotuneSettings.StrategyName;
import org.coplms.jobs.config.ModelSettings.CheckpointSettings;
import org.coplms.jobs.export.ExportRequest.Layout;
import org.coplms.jobs.pipeline.RunContext;
import org.coplms.proxy.lora.SavedAdapter;
import org.coplms.proxy.tokenizer.ChatFormat;
import org.coplms.proxy.tokenizer.PromptFormat;
import org.coplms.proxy.tokenizer.TextFormat;

/** The README.md of an export: a Hugging Face model card. What is not known is left out. */
final class ModelCard {
  private static final String DJL_SNIPPET =
      """
      Criteria<String, String> criteria =
          Criteria.builder()
              .setTypes(String.class, String.class)
              .optModelPath(Path.of("path/to/this/folder"))
              .optTranslatorFactory(new TextGenerationTranslatorFactory())
              .build();
      try (ZooModel<String, String> model = criteria.loadModel();
          Predictor<String, String> predictor = model.newPredictor()) {
        System.out.println(predictor.predict("your prompt"));
      }
      """;

  private final RunContext context;
  private final TunedModel model;
  private final Layout layout;
  private final int round;
  private final CardText text = new CardText();

  private ModelCard(RunContext context, TunedModel model, Layout layout, int round) {
    this.context = context;
    this.model = model;
    this.layout = layout;
    this.round = round;
  }

  static String of(RunContext context, TunedModel model, Layout layout, int round) {
    return new ModelCard(context, model, layout, round).build();
  }

  private String build() {
    CardFacts facts = new CardFacts(context, model, round);
    frontMatter();
    text.title("%s, co-tuned".formatted(model.label()));
    text.paragraph(summary());
    text.section("Base model");
    text.table(List.of("", ""), facts.base());
    text.section("Data");
    text.paragraph(facts.dataSummary());
    text.table(facts.dataHeader(), facts.data());
    scores(facts);
    text.section("Method");
    text.table(List.of("setting", "value"), facts.method());
    text.section("Privacy");
    text.paragraph(privacy());
    text.section("How to load it");
    text.paragraph(
        "A text is a prompt in its format, here %s, and a response."
            .formatted(
                context.settings().text().promptFormat() instanceof TextFormat format
                    ? CardText.code(prompt(format))
                    : "the model's own chat template"));
    text.block("python", layout == Layout.PEFT ? peftSnippet() : transformersSnippet());
    text.paragraph(
        "With DJL (and `coplms-proxy` of this project on the class path; `serving.properties` names the block):");
    text.block("java", DJL_SNIPPET);
    return text.toString();
  }

  private void frontMatter() {
    List<String> lines = new ArrayList<>();
    published()
        .ifPresent(
            path -> {
              lines.add("base_model: " + CardText.quoted(path));
              lines.add("base_model_relation: " + (layout == Layout.PEFT ? "adapter" : "finetune"));
            });
    lines.add("library_name: " + (layout == Layout.PEFT ? "peft" : "transformers"));
    lines.add("pipeline_tag: text-generation");
    lines.add("tags:");
    lines.add("- coplms");
    lines.add("- co-tuning");
    lines.add("- knowledge-distillation");
    model.lora().ifPresent(lora -> lines.add("- lora"));
    text.frontMatter(lines);
  }

  /** The checkpoint as the user named it; a tiny model has none but in the run. */
  private Optional<String> published() {
    return context.settings().models().all().stream()
        .filter(settings -> settings.name().equals(model.base().name()))
        .filter(CheckpointSettings.class::isInstance)
        .map(settings -> ((CheckpointSettings) settings).path())
        .findFirst();
  }

  private String summary() {
    String what =
        layout == Layout.PEFT
            ? "This folder holds its LoRA; the base model is needed beside it."
            : model
                .lora()
                .map(
                    lora ->
                        "Its LoRA is folded into the weights; `config.json` says in what type they are stored.")
                .orElse("Every weight was tuned; `config.json` says in what type they are stored.");
    String adapter =
        model
            .adapter()
            .map(
                a ->
                    " It also has a domain adapter, a bottleneck behind every feed-forward layer, which neither PEFT's LoRA nor merged weights can express: `%s` and `%s`. DJL with this project's block uses it; transformers and PEFT do not, so there its answers differ from those that were scored."
                        .formatted(SavedAdapter.WEIGHTS, SavedAdapter.CONFIG))
            .orElse("");
    return "The %s of a co-tuning run of one large language model with small ones on edge devices through a small distilled proxy model (Co-PLMs, arXiv 2511.11678; this is an independent implementation), after round %d. %s%s"
        .formatted(model.label(), round, what, adapter);
  }

  private void scores(CardFacts facts) {
    List<List<String>> scores = facts.scores();
    if (!scores.isEmpty()) {
      text.section("Scores");
      text.paragraph(
          "On the %s questions of this run (0 to 100); how others are answered is not known."
              .formatted(context.settings().evaluation().split().deviceSplit()));
      text.table(List.of("model", "Rouge-L", "exact match", "questions"), scores);
    }
  }

  private String privacy() {
    String tuned =
        model.device().isPresent()
            ? "The weights were tuned on private examples of one edge device and may reveal some of them, as may the counts above: treat this folder as that device's private data."
            : "The weights depend on private examples of all edge devices, and may reveal some of them.";
    String travelled =
        context.settings().cotune().strategy() == StrategyName.CO_PLMS
            ? "In the run only the proxy's weights and the number of a device's examples went from device to server; texts that the proxy wrote, which may repeat what it had learned on other devices, could be learned from as well."
            : "What went from device to server stands in the run's ledger.";
    return "%s %s No differential privacy and no secure aggregation protected them."
        .formatted(tuned, travelled);
  }

  private String peftSnippet() {
    return """
        from peft import PeftModel
        from transformers import AutoModelForCausalLM, AutoTokenizer

        base = %s
        tokenizer = AutoTokenizer.from_pretrained(base)
        model = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(base), "path/to/this/folder")
        ids = %s
        print(tokenizer.decode(model.generate(**ids, max_new_tokens=64)[0]))
        """
        .formatted(CardText.quoted(Export.localPath(model.base().path())), inputs());
  }

  private String transformersSnippet() {
    return """
        from transformers import AutoModelForCausalLM, AutoTokenizer

        folder = "path/to/this/folder"
        tokenizer = AutoTokenizer.from_pretrained(folder)
        model = AutoModelForCausalLM.from_pretrained(folder, torch_dtype="auto")
        ids = %s
        print(tokenizer.decode(model.generate(**ids, max_new_tokens=64)[0]))
        """
        .formatted(inputs());
  }

  /** The tokens up to the response, in Python; a chat template says itself whether BOS comes. */
  private String inputs() {
    PromptFormat format = context.settings().text().promptFormat();
    if (format instanceof TextFormat text) {
      return "tokenizer(%s, return_tensors=\"pt\")".formatted(prompt(text));
    }
    String system =
        format instanceof ChatFormat chat && !chat.system().isEmpty()
            ? "{\"role\": \"system\", \"content\": %s}, ".formatted(CardText.quoted(chat.system()))
            : "";
    return "tokenizer.apply_chat_template([%s{\"role\": \"user\", \"content\": \"your prompt\"}], add_generation_prompt=True, return_dict=True, return_tensors=\"pt\")"
        .formatted(system);
  }

  private static String prompt(TextFormat format) {
    String separated = "\"your prompt\" + " + CardText.quoted(format.separator());
    return format.prefix().isEmpty()
        ? separated
        : CardText.quoted(format.prefix()) + " + " + separated;
  }
}
