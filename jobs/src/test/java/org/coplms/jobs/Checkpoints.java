package org.coplms.jobs;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Function;
import org.coplms.proxy.lm.Family;
import org.coplms.proxy.lm.LanguageModel;
import org.coplms.proxy.lm.LmConfig;
import org.coplms.proxy.lora.LoraConfig;
import org.coplms.proxy.lora.PeftAdapter;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.tensor.RandomTensors;
import org.coplms.proxy.tensor.Safetensors;
import org.coplms.proxy.tensor.TensorFiles;
import org.coplms.proxy.tensor.ValueType;
import org.coplms.proxy.tensor.Weights;
import org.coplms.proxy.tokenizer.BpeTrainer;
import org.coplms.proxy.tokenizer.ChatFormat;
import org.coplms.proxy.tokenizer.LmTokenizer;
import org.coplms.proxy.tokenizer.TokenizerFiles;
import org.coplms.proxy.train.Compute;
import org.coplms.proxy.train.Example;
import org.coplms.proxy.train.OptimizerConfig;
import org.coplms.proxy.train.PretrainConfig;
import org.coplms.proxy.train.Pretraining;

/**
 * Random checkpoints of a few thousand weights, laid out as Hugging Face lays out instruction-tuned
 * models: each with a tokenizer of another kind, special tokens and a chat template.
 */
public final class Checkpoints {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Path TOKENIZERS =
      Path.of("..", "proxy", "src", "test", "resources", "tokenizers");
  private static final long ONE_FILE = Long.MAX_VALUE;
  private static final Map<String, Long> WORDS =
      Map.of("what", 9L, " is", 8L, " the", 7L, " number", 5L, " of", 4L, "answer", 3L);

  private static final int POSITIONS = 96;
  private static final LoraConfig ADAPTER = new LoraConfig(2, 4, 0, List.of("dense"));

  private static final PretrainConfig LESSONS =
      new PretrainConfig(150, 8, POSITIONS, new OptimizerConfig(1e-2, 0, 1, 10, 0.1));

  private final Path root;

  public Checkpoints(Path root) {
    this.root = root;
  }

  Path folder(String name) {
    return root.resolve(name);
  }

  /**
   * Llama 3's way: F32 in shards, several ends of a text, BOS from the template. It has learned
   * some examples, so that it can write conversations.
   */
  Path llama(List<Example> examples) {
    ObjectNode tokenizer = byteLevel(300);
    add(tokenizer, "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>");
    int eot = add(tokenizer, "<|eom_id|>") - 1;
    ObjectNode config = JSON.createObjectNode();
    config.put("bos_token", "<bos>").put("eos_token", "<|eot_id|>").put("pad_token", "<pad>");
    config.put(
        "chat_template",
        "{% for m in messages %}{% set text = '<|start_header_id|>' + m['role'] +"
            + " '<|end_header_id|>\n\n' + m['content'] | trim + '<|eot_id|>' %}"
            + "{% if loop.index0 == 0 %}{% set text = bos_token + text %}{% endif %}{{ text }}"
            + "{% endfor %}{% if add_generation_prompt %}"
            + "{{ '<|start_header_id|>assistant<|end_header_id|>\n\n' }}{% endif %}");
    Path folder = folder("llama");
    write(folder, "generation_config.json", "{\"eos_token_id\": [2, %d]}".formatted(eot));
    return model(folder, Family.LLAMA, tokenizer, config, name -> ValueType.F32, 20_000, examples);
  }

  /** Qwen2's way: BF16 in one file, the template in a file of its own. */
  public Path qwen2() {
    ObjectNode tokenizer = byteLevel(280);
    add(tokenizer, "<|endoftext|>", "<|im_start|>", "<|im_end|>");
    ObjectNode config = JSON.createObjectNode();
    config.putNull("bos_token");
    config.put("eos_token", "<|im_end|>").put("pad_token", "<|endoftext|>");
    Path folder = folder("qwen2");
    write(
        folder,
        "chat_template.jinja",
        """
        {%- if messages[0]['role'] == 'system' %}
            {{- '<|im_start|>system\\n' + messages[0]['content'] + '<|im_end|>\\n' }}
        {%- endif %}
        {%- for m in messages %}
            {%- if m.role != "system" %}
                {{- '<|im_start|>' + m.role + '\\n' + m.content + '<|im_end|>' + '\\n' }}
            {%- endif %}
        {%- endfor %}
        {%- if add_generation_prompt %}
            {{- '<|im_start|>assistant\\n' }}
        {%- endif %}
        """);
    return model(folder, Family.QWEN2, tokenizer, config, name -> ValueType.BF16, ONE_FILE);
  }

  /** Mistral's way: F16 matrices in shards, bytes as fallback, turns that are plain text. */
  Path mistral() {
    ObjectNode tokenizer = (ObjectNode) json(TOKENIZERS.resolve("llama2/tokenizer.json"));
    ObjectNode config = JSON.createObjectNode();
    config.putObject("bos_token").put("content", "<s>");
    config.putObject("eos_token").put("content", "</s>");
    config.put(
        "chat_template",
        "{{ bos_token }}{% for m in messages %}{% if m['role'] == 'system' %}"
            + "{{ '[INST] ' + m['content'] + '\n\n' }}{% elif m['role'] == 'user' %}"
            + "{% if messages[0]['role'] != 'system' %}{{ '[INST] ' }}{% endif %}"
            + "{{ m['content'] + ' [/INST]' }}{% else %}"
            + "{{ ' ' + m['content'] + eos_token }}{% endif %}{% endfor %}");
    return model(
        folder("mistral"),
        Family.MISTRAL,
        tokenizer,
        config,
        name -> name.contains("norm") ? ValueType.F32 : ValueType.F16,
        10_000);
  }

  /** GPT-NeoX with a Unigram tokenizer that has no BOS, and templates by name. */
  Path gptNeox() {
    ObjectNode tokenizer = (ObjectNode) json(TOKENIZERS.resolve("unigram/tokenizer.json"));
    add(tokenizer, "<user>", "<assistant>");
    ObjectNode config = JSON.createObjectNode();
    ArrayNode templates = config.putArray("chat_template");
    templates.addObject().put("name", "tool_use").put("template", "{{ tools }}");
    templates
        .addObject()
        .put("name", "default")
        .put(
            "template",
            "{% for m in messages %}{{ '<' + m.role + '>' + m.content }}{% endfor %}"
                + "{% if add_generation_prompt %}{{ '<assistant>' }}{% endif %}");
    Path folder = folder("gpt_neox");
    write(folder, "special_tokens_map.json", "{\"eos_token\": \"</s>\", \"pad_token\": \"<pad>\"}");
    return model(folder, Family.GPT_NEOX, tokenizer, config, name -> ValueType.F32, ONE_FILE);
  }

  /** Bloom, whose only template goes without special tokens. */
  public Path bloom() {
    ObjectNode tokenizer = byteLevel(BpeTrainer.SMALLEST_VOCABULARY);
    ObjectNode config = JSON.createObjectNode();
    config.put("bos_token", "<bos>").put("eos_token", "<eos>").put("pad_token", "<pad>");
    config.put(
        "chat_template",
        "{% for m in messages %}{{ m.role | capitalize + ': ' + m.content + '\n' }}{% endfor %}"
            + "{% if add_generation_prompt %}{{ 'Assistant: ' }}{% endif %}");
    return model(folder("bloom"), Family.BLOOM, tokenizer, config, name -> ValueType.F32, ONE_FILE);
  }

  /** A LoRA for {@link #gptNeox} that changes what it says. */
  Path adapter() {
    LmConfig config = LmConfig.read(folder("gpt_neox").resolve("config.json"));
    SplittableRandom random = new SplittableRandom(9);
    SortedMap<String, HostTensor> factors = new TreeMap<>();
    try (NDManager manager = Compute.oneCore().newManager();
        LanguageModel model = LanguageModel.random(config, 1, manager)) {
      model.attachLora(ADAPTER, 1);
      model
          .loraParameters()
          .forEach(
              (name, array) ->
                  factors.put(
                      name, RandomTensors.normal(array.getShape().getShape(), 0.3, random)));
    }
    Path folder = folder("adapter");
    PeftAdapter adapter = new PeftAdapter("gpt_neox", ADAPTER, false, factors);
    write(folder, PeftAdapter.CONFIG, adapter.configJson());
    Safetensors.write(factors, Map.of("format", "pt"), folder.resolve(PeftAdapter.WEIGHTS));
    return folder;
  }

  private static Path model(
      Path folder,
      Family family,
      ObjectNode tokenizer,
      ObjectNode tokenizerConfig,
      Function<String, ValueType> types,
      long shardBytes) {
    return model(folder, family, tokenizer, tokenizerConfig, types, shardBytes, List.of());
  }

  private static Path model(
      Path folder,
      Family family,
      ObjectNode tokenizer,
      ObjectNode tokenizerConfig,
      Function<String, ValueType> types,
      long shardBytes,
      List<Example> examples) {
    write(folder, "tokenizer.json", tokenizer.toPrettyString());
    write(folder, "tokenizer_config.json", tokenizerConfig.toPrettyString());
    Compute compute = Compute.oneCore();
    compute.begin();
    try (LmTokenizer ids =
            LmTokenizer.of(
                folder.toString(),
                TokenizerFiles.read(folder.toString(), TokenizerFiles.Folder.of(folder)));
        NDManager manager = compute.newManager()) {
      int padded = (ids.vocabSize() + 15) / 16 * 16;
      LmConfig config = LmConfig.of(family, padded, 16, 2, 2, POSITIONS);
      ObjectNode json = (ObjectNode) json(config.toJson());
      json.put("torch_dtype", types.apply("matrix").hfName());
      write(folder, "config.json", json.toPrettyString());
      SortedMap<String, HostTensor> weights =
          examples.isEmpty()
              ? random(config, manager)
              : Pretraining.run(config, ids, new ChatFormat(""), examples, LESSONS, 1, compute);
      TensorFiles.write(
          Weights.of(weights).stored(types),
          shardBytes,
          name -> Files.newOutputStream(folder.resolve(name)));
    }
    return folder;
  }

  private static SortedMap<String, HostTensor> random(LmConfig config, NDManager manager) {
    try (LanguageModel model = LanguageModel.random(config, config.vocabSize(), manager)) {
      return model.baseWeights();
    }
  }

  private static ObjectNode byteLevel(int vocabSize) {
    return (ObjectNode) json(BpeTrainer.train(WORDS, new BpeTrainer.Spec(vocabSize)));
  }

  /** Adds special tokens at the end of the vocabulary; returns the next id. */
  private static int add(ObjectNode tokenizer, String... contents) {
    int id = tokenizer.path("model").path("vocab").size();
    for (JsonNode token : tokenizer.path("added_tokens")) {
      id = Math.max(id, token.path("id").asInt() + 1);
    }
    for (String content : contents) {
      ((ArrayNode) tokenizer.path("added_tokens"))
          .addObject()
          .put("id", id++)
          .put("content", content)
          .put("single_word", false)
          .put("lstrip", false)
          .put("rstrip", false)
          .put("normalized", false)
          .put("special", true);
    }
    return id;
  }

  private static JsonNode json(Path file) {
    try {
      return json(Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(text, e);
    }
  }

  private static void write(Path folder, String name, String text) {
    try {
      Files.createDirectories(folder);
      Files.writeString(folder.resolve(name), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
