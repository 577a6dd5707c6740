package org.coplms.proxy.tokenizer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.function.Consumer;

/**
 * Small {@code tokenizer.json} texts laid out as published families lay out theirs: the same parts
 * in the same order over a vocabulary of a few hundred tokens.
 */
public final class Layouts {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private static final String GPT2_PARTS =
      """
      {"pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true},
       "post_processor": {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": false},
       "decoder": {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true}}""";

  private static final String LLAMA3_PARTS =
      """
      {"pre_tokenizer": {"type": "Sequence", "pretokenizers": [
         {"type": "Split", "pattern": {"Regex": "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\\\r\\\\n\\\\p{L}\\\\p{N}]?\\\\p{L}+|\\\\p{N}{1,3}| ?[^\\\\s\\\\p{L}\\\\p{N}]+[\\\\r\\\\n]*|\\\\s*[\\\\r\\\\n]+|\\\\s+(?!\\\\S)|\\\\s+"},
          "behavior": "Isolated", "invert": false},
         {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": false}]},
       "post_processor": {"type": "Sequence", "processors": [
         {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": false, "use_regex": true},
         {"type": "TemplateProcessing",
          "single": [{"SpecialToken": {"id": "<bos>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
          "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
          "special_tokens": {"<bos>": {"id": "<bos>", "ids": [1], "tokens": ["<bos>"]}}}]}}""";

  private static final String BLOOM_PARTS =
      """
      {"pre_tokenizer": {"type": "Sequence", "pretokenizers": [
         {"type": "Split", "pattern": {"Regex": " ?[^(\\\\s|[.,!?…。，、।۔،])]+"},
          "behavior": "Isolated", "invert": false},
         {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": false}]}}""";

  private static final String DIGITS_PARTS =
      """
      {"pre_tokenizer": {"type": "Sequence", "pretokenizers": [
         {"type": "Digits", "individual_digits": true},
         {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true}]}}""";

  private Layouts() {}

  /** GPT-2 and OPT: ByteLevel with its own regular expression, a model without a type. */
  public static String gpt2() {
    return byteLevel(GPT2_PARTS, root -> ((ObjectNode) root.path("model")).remove("type"));
  }

  /** Llama 3: Split before ByteLevel, merges as pairs, special tokens past the vocabulary. */
  public static String llama3() {
    return byteLevel(
        LLAMA3_PARTS,
        root -> {
          ObjectNode model = (ObjectNode) root.path("model");
          model.put("ignore_merges", true);
          ArrayNode pairs = MAPPER.createArrayNode();
          model.path("merges").forEach(merge -> addPair(pairs, merge.asText()));
          model.set("merges", pairs);
          add(root, "<|begin_of_text|>", true, false);
          add(root, "<|end_of_text|>", true, false);
          add(root, "<|start_header_id|>", true, false);
          add(root, "<|end_header_id|>", true, false);
          add(root, "<|eom_id|>", true, false);
          add(root, "<|eot_id|>", true, false);
        });
  }

  private static void addPair(ArrayNode pairs, String merge) {
    ArrayNode pair = pairs.addArray();
    for (String part : merge.split(" ", -1)) {
      pair.add(part);
    }
  }

  /** Qwen2 and Qwen3: NFC, Split, ByteLevel; special tokens, and others that are text. */
  public static String qwen2() {
    return byteLevel(
        LLAMA3_PARTS.replace("{1,3}", ""),
        root -> {
          root.putObject("normalizer").put("type", "NFC");
          root.putNull("post_processor");
          add(root, "<|endoftext|>", true, false);
          add(root, "<|im_start|>", true, false);
          add(root, "<|im_end|>", true, false);
          add(root, "<tool_call>", false, false);
        });
  }

  /** Bloom: a Split of its own. */
  public static String bloom() {
    return byteLevel(BLOOM_PARTS, root -> {});
  }

  /** Pythia: NFC, and runs of spaces as added tokens that are looked for after it. */
  public static String pythia() {
    return byteLevel(
        GPT2_PARTS,
        root -> {
          root.putObject("normalizer").put("type", "NFC");
          for (int spaces = 6; spaces > 1; spaces--) {
            add(root, " ".repeat(spaces), false, true);
          }
        });
  }

  /** SmolLM: single digits before ByteLevel. */
  public static String digits() {
    return byteLevel(DIGITS_PARTS, root -> {});
  }

  /** RoBERTa's and some Bloom's ByteLevel, which puts a space before the text. */
  public static String prefixed() {
    return byteLevel(
        GPT2_PARTS.replaceFirst("\"add_prefix_space\": false", "\"add_prefix_space\": true"),
        root -> {});
  }

  /** Llama 2 and TinyLlama: Prepend and Replace as normalizer, a Sequence as decoder. */
  public static String llama2() {
    return changed(TestTokenizers.llama2Json(), "{}", root -> {});
  }

  /** Mistral and newer Llama 2: Metaspace at the beginning only, no normalizer. */
  public static String mistral() {
    return changed(
        TestTokenizers.llama2Json(),
        """
        {"pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "first", "split": false}}""",
        root -> root.putNull("normalizer"));
  }

  /** XLM-R: Unigram with Metaspace, without bytes for what it does not know. */
  public static String unigram() {
    return TestTokenizers.unigramJson();
  }

  /** Unigram whose unknown characters are bytes. */
  public static String unigramWithBytes() {
    return changed(
        TestTokenizers.unigramJson(),
        "{}",
        root -> {
          ObjectNode model = (ObjectNode) root.path("model");
          model.put("byte_fallback", true);
          ArrayNode vocab = (ArrayNode) model.path("vocab");
          for (int value = 0; value < 256; value++) {
            vocab.addArray().add("<0x%02X>".formatted(value)).add(-20.0);
          }
        });
  }

  /** T5: words are split at white space first, which is lost where there is more of it. */
  public static String t5() {
    return changed(
        unigramWithBytes(),
        """
        {"pre_tokenizer": {"type": "Sequence", "pretokenizers": [
           {"type": "WhitespaceSplit"},
           {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": true}]}}""",
        root -> {});
  }

  /** The text with parts replaced and the rest changed. */
  public static String changed(String tokenizer, String parts, Consumer<ObjectNode> change) {
    ObjectNode root = (ObjectNode) read(tokenizer);
    read(parts).fields().forEachRemaining(part -> root.set(part.getKey(), part.getValue()));
    change.accept(root);
    return root.toPrettyString();
  }

  /** Adds a token at the end of the vocabulary. */
  public static ObjectNode add(
      ObjectNode root, String content, boolean special, boolean normalized) {
    int id = root.path("model").path("vocab").size();
    for (JsonNode token : root.path("added_tokens")) {
      id = Math.max(id, token.path("id").asInt() + 1);
    }
    return ((ArrayNode) root.path("added_tokens"))
        .addObject()
        .put("id", id)
        .put("content", content)
        .put("single_word", false)
        .put("lstrip", false)
        .put("rstrip", false)
        .put("normalized", normalized)
        .put("special", special);
  }

  private static String byteLevel(String parts, Consumer<ObjectNode> change) {
    String trained =
        BpeTrainer.train(TestText.wordCounts(TestText.CORPUS), new BpeTrainer.Spec(450));
    return changed(trained, parts, change);
  }

  private static JsonNode read(String json) {
    try {
      return MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(json, e);
    }
  }
}
