package org.coplms.proxy.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;

/**
 * Trains a byte-level BPE tokenizer from counted words (Sennrich et al. 2016; Radford et al. 2019).
 *
 * <p>Ids: {@code <pad>} 0, {@code <bos>} 1, {@code <eos>} 2, the 256 bytes from 3, then the merges
 * in the order they were learned. Any text can be encoded, and decodes to itself.
 */
public final class BpeTrainer {
  /** Special tokens and bytes: the smallest vocabulary, that of a byte-by-byte tokenizer. */
  public static final int SMALLEST_VOCABULARY = 259;

  static final String PAD = "<pad>";
  static final String BOS = "<bos>";
  static final String EOS = "<eos>";

  // In the order of alternatives: a number's digit; letters with one space before; a line's end;
  // spaces, but the last before letters, which goes with them; any other character. No shorthand
  // class and no dot: those differ between Java's and the tokenizers library's regular expressions.
  private static final String PRE_TOKENIZER =
      "\\p{N}| ?[\\p{L}\\p{M}]+|\\r?\\n|[\\t\\p{Zs}]+(?![\\p{L}\\p{M}])|[^\\p{N}\\p{L}\\p{M}]";

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private BpeTrainer() {}

  /**
   * What to train.
   *
   * @param vocabSize number of ids, special tokens included; 259 learns no merge
   * @param prefixSpace whether a text is read with a space before it, as SentencePiece does: its
   *     first word then has the tokens that it has within a sentence
   */
  public record Spec(int vocabSize, boolean prefixSpace) {
    /** Of a tokenizer that reads texts as they are. */
    public Spec(int vocabSize) {
      this(vocabSize, false);
    }

    public Spec {
      if (vocabSize < SMALLEST_VOCABULARY) {
        throw new IllegalArgumentException(
            "A byte-level vocabulary has at least %d ids, 256 bytes and 3 special tokens, got %d"
                .formatted(SMALLEST_VOCABULARY, vocabSize));
      }
    }
  }

  /**
   * The regular expression whose successive matches are the words of a text: merges never cross
   * them. The matches cover the text. It means the same to {@link java.util.regex.Pattern} and to
   * the tokenizers library.
   */
  public static String preTokenizerPattern() {
    return PRE_TOKENIZER;
  }

  /**
   * Learns merges, the most frequent pair first, ties by the bytes of the left and then of the
   * right part; stops early when no pair occurs twice.
   *
   * @param wordCounts how often each match of {@link #preTokenizerPattern} occurs
   * @return the content of a {@code tokenizer.json}, the same for the same counts
   */
  public static String train(Map<String, Long> wordCounts, Spec spec) {
    return train(wordCounts, spec, learned -> {});
  }

  /**
   * {@link #train(Map, Spec)} that tells how far it is.
   *
   * @param learned gets the number of tokens beyond the smallest vocabulary after each merge
   */
  public static String train(Map<String, Long> wordCounts, Spec spec, IntConsumer learned) {
    BpeMerges merges = new BpeMerges(wordCounts);
    merges.learn(spec.vocabSize() - SMALLEST_VOCABULARY, learned);
    return tokenizer(merges, spec.prefixSpace()).toPrettyString();
  }

  private static ObjectNode tokenizer(BpeMerges merges, boolean prefixSpace) {
    ObjectNode root = JSON.objectNode();
    root.put("version", "1.0");
    root.putNull("truncation");
    root.putNull("padding");
    root.set("added_tokens", addedTokens());
    if (prefixSpace) {
      root.putObject("normalizer").put("type", "Prepend").put("prepend", " ");
    } else {
      root.putNull("normalizer");
    }
    root.set("pre_tokenizer", preTokenizer());
    root.putNull("post_processor");
    root.set("decoder", prefixSpace ? withoutFirstSpace() : byteLevel());
    root.set("model", model(merges));
    return root;
  }

  private static ArrayNode addedTokens() {
    ArrayNode added = JSON.arrayNode();
    for (String token : List.of(PAD, BOS, EOS)) {
      ObjectNode entry = added.addObject();
      entry.put("id", added.size() - 1);
      entry.put("content", token);
      entry.put("single_word", false);
      entry.put("lstrip", false);
      entry.put("rstrip", false);
      entry.put("normalized", false);
      entry.put("special", true);
    }
    return added;
  }

  private static JsonNode preTokenizer() {
    ObjectNode split = JSON.objectNode();
    split.put("type", "Split");
    split.putObject("pattern").put("Regex", PRE_TOKENIZER);
    split.put("behavior", "Isolated");
    split.put("invert", false);
    ObjectNode sequence = JSON.objectNode();
    sequence.put("type", "Sequence");
    sequence.putArray("pretokenizers").add(split).add(byteLevel());
    return sequence;
  }

  private static ObjectNode byteLevel() {
    ObjectNode part = JSON.objectNode();
    part.put("type", "ByteLevel");
    part.put("add_prefix_space", false);
    part.put("trim_offsets", false);
    part.put("use_regex", false);
    return part;
  }

  private static ObjectNode withoutFirstSpace() {
    ObjectNode strip = JSON.objectNode();
    strip.put("type", "Strip").put("content", " ").put("start", 1).put("stop", 0);
    ObjectNode sequence = JSON.objectNode();
    sequence.put("type", "Sequence");
    sequence.putArray("decoders").add(byteLevel()).add(strip);
    return sequence;
  }

  private static ObjectNode model(BpeMerges merges) {
    ObjectNode model = JSON.objectNode();
    model.put("type", "BPE");
    model.putNull("dropout");
    model.putNull("unk_token");
    model.putNull("continuing_subword_prefix");
    model.putNull("end_of_word_suffix");
    model.put("fuse_unk", false);
    model.put("byte_fallback", false);
    ObjectNode vocab = model.putObject("vocab");
    for (String token : List.of(PAD, BOS, EOS)) {
      vocab.put(token, vocab.size());
    }
    merges.tokens().forEach(bytes -> vocab.put(ByteAlphabet.spell(bytes), vocab.size()));
    ArrayNode list = model.putArray("merges");
    merges
        .merges()
        .forEach(m -> list.add(ByteAlphabet.spell(m.left()) + " " + ByteAlphabet.spell(m.right())));
    return model;
  }
}
