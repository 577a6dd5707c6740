package org.coplms.proxy.tokenizer;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.coplms.proxy.tensor.NativeDefaults;

/**
 * A tokenizer read from a Hugging Face {@code tokenizer.json}, with the bytes of every token.
 *
 * <p>Text becomes ids through DJL's binding of the tokenizers library, without special tokens,
 * truncation or padding; ids become text through the byte table. Safe for use by several threads.
 * The library's object is native memory: {@link #close} frees it, and the tokenizer travels between
 * processes as {@link #json} and {@link #configJson}, not by serialization.
 *
 * <p>A text that spells a special token, say {@code <eos>}, is encoded as that token; its bytes
 * then differ from the text's, which {@link #byteEnds} reports.
 */
public final class LmTokenizer implements AutoCloseable {
  static final String TOKENIZER_FILE = "tokenizer.json";
  static final String CONFIG_FILE = "tokenizer_config.json";

  private static final ObjectMapper MAPPER = new ObjectMapper();

  // The library's defaults truncate at 512 tokens.
  private static final Map<String, String> OPTIONS =
      Map.of("addSpecialTokens", "false", "truncation", "false", "padding", "false");

  static {
    NativeDefaults.set();
  }

  private final HuggingFaceTokenizer library;
  private final TokenTable table;
  private final String json;
  private final String hash;
  private final OptionalInt bosId;
  private final int eosId;
  private final int padId;
  private final boolean addsPrefixSpace;

  private LmTokenizer(String json, JsonNode tokenizer, JsonNode config) {
    this.json = json;
    this.table = TokenTable.read(tokenizer, config);
    SpecialTokens specials = table.specials();
    this.eosId =
        table.id(
            specials
                .eos()
                .orElseThrow(
                    () ->
                        new IllegalArgumentException(
                            "no token ends a sequence; name it as eos_token in tokenizer_config.json")));
    this.bosId = specials.bos().map(t -> OptionalInt.of(table.id(t))).orElse(OptionalInt.empty());
    this.padId = specials.pad().map(table::id).orElse(eosId);
    this.hash = hash(tokenizer, specials);
    this.library = open(json);
    this.addsPrefixSpace = new String(bytesOf(encode("a")), StandardCharsets.UTF_8).equals(" a");
  }

  /**
   * Opens the tokenizer of a checkpoint: {@code tokenizer.json}, and the names of its special
   * tokens from {@code tokenizer_config.json} where there is one.
   *
   * @throws IllegalArgumentException when there is no tokenizer or it cannot be used
   */
  public static LmTokenizer load(Path dir) {
    Path file = dir.resolve(TOKENIZER_FILE);
    if (!Files.isRegularFile(file)) {
      throw new IllegalArgumentException(missing(dir));
    }
    Path config = dir.resolve(CONFIG_FILE);
    try {
      String configJson = Files.isRegularFile(config) ? Files.readString(config) : "{}";
      return parse(Files.readString(file), configJson);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "Cannot use the tokenizer in %s: %s".formatted(dir, e.getMessage()), e);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the tokenizer in " + dir, e);
    }
  }

  private static String missing(Path dir) {
    if (!Files.isDirectory(dir)) {
      return "No tokenizer in %s: there is no such folder".formatted(dir);
    }
    boolean older =
        Files.exists(dir.resolve("tokenizer.model")) || Files.exists(dir.resolve("vocab.json"));
    return older
        ? "%s holds a tokenizer in an older format only, and %s is needed; convert it once with Python: transformers.AutoTokenizer.from_pretrained('%s', use_fast=True).save_pretrained('%s')"
            .formatted(dir, TOKENIZER_FILE, dir, dir)
        : "No %s in %s; copy it there from the model's checkpoint".formatted(TOKENIZER_FILE, dir);
  }

  /**
   * Opens a tokenizer whose special tokens have usual names, as {@code <bos>}, {@code </s>} or
   * {@code <|endoftext|>}.
   *
   * @param tokenizerJson the content of {@code tokenizer.json}
   * @throws IllegalArgumentException when it cannot be used
   */
  public static LmTokenizer parse(String tokenizerJson) {
    return parse(tokenizerJson, "{}");
  }

  /**
   * Opens a tokenizer.
   *
   * @param tokenizerJson the content of {@code tokenizer.json}
   * @param configJson the content of {@code tokenizer_config.json}
   * @throws IllegalArgumentException when it cannot be used
   */
  public static LmTokenizer parse(String tokenizerJson, String configJson) {
    return new LmTokenizer(
        tokenizerJson, readJson(TOKENIZER_FILE, tokenizerJson), readJson(CONFIG_FILE, configJson));
  }

  private static JsonNode readJson(String name, String json) {
    try {
      JsonNode node = MAPPER.readTree(json);
      return node.isObject() ? node : JsonNodeFactory.instance.objectNode();
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "%s is not valid JSON, line %d: %s"
              .formatted(
                  name,
                  e.getLocation() == null ? 0 : e.getLocation().getLineNr(),
                  e.getOriginalMessage()),
          e);
    }
  }

  private static HuggingFaceTokenizer open(String json) {
    try {
      return HuggingFaceTokenizer.newInstance(
          new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)), OPTIONS);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot open a tokenizer", e);
    } catch (RuntimeException e) { // the library's own, of no narrower type
      throw new IllegalArgumentException(
          "the tokenizers library refuses tokenizer.json: " + e.getMessage(), e);
    }
  }

  private static String hash(JsonNode tokenizer, SpecialTokens specials) {
    ObjectNode content = tokenizer.deepCopy();
    content.remove("truncation");
    content.remove("padding");
    content.set("special_tokens", specials.toConfig());
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(content.toString().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }

  /** Number of ids, special tokens included: one more than the highest id. */
  public int vocabSize() {
    return table.size();
  }

  public OptionalInt bosId() {
    return bosId;
  }

  public int eosId() {
    return eosId;
  }

  /** The padding token, or the end-of-sequence token where there is none: mask by length. */
  public int padId() {
    return padId;
  }

  /** The ids of a text; no special token is added. */
  public int[] encode(String text) {
    return Arrays.stream(library.encode(text, false, false).getIds())
        .mapToInt(Math::toIntExact)
        .toArray();
  }

  /**
   * The ids of a text as the continuation of another: like {@link #encode}, but without the space
   * that some tokenizers put before a text.
   *
   * @return empty when the ids' bytes are not the text's
   */
  public Optional<int[]> encodeContinuation(String text) {
    if (!addsPrefixSpace) {
      return matching(encode(text), text);
    }
    // A line's end before it takes the dummy prefix; else the prefix can be the text's own space.
    return afterLineEnd(text)
        .or(
            () ->
                text.startsWith(" ")
                    ? matching(encode(text.substring(1)), text)
                    : Optional.empty());
  }

  private Optional<int[]> afterLineEnd(String text) {
    byte[] before = " \n".getBytes(StandardCharsets.UTF_8);
    int[] ids = encode("\n" + text);
    int covered = 0;
    int first = 0;
    while (first < ids.length && covered < before.length) {
      covered += table.bytes(ids[first++]).length;
    }
    return matching(Arrays.copyOfRange(ids, first, ids.length), text);
  }

  private Optional<int[]> matching(int[] ids, String text) {
    boolean equal = Arrays.equals(bytesOf(ids), text.getBytes(StandardCharsets.UTF_8));
    return equal ? Optional.of(ids) : Optional.empty();
  }

  /**
   * The text of these ids, which undoes {@link #encode}: special tokens and a dummy prefix space
   * are left out, malformed UTF-8 becomes U+FFFD. Where the tokenizer puts its space only before
   * texts that begin with none, a text's own first space is lost.
   */
  public String decode(int[] ids) {
    byte[] bytes = bytesOf(ids);
    int start = addsPrefixSpace && bytes.length > 0 && bytes[0] == ' ' ? 1 : 0;
    return new String(bytes, start, bytes.length - start, StandardCharsets.UTF_8);
  }

  private byte[] bytesOf(int[] ids) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int id : ids) {
      bytes.writeBytes(table.bytes(id));
    }
    return bytes.toByteArray();
  }

  /**
   * Where each token ends in the text, in UTF-8 bytes from its beginning; a dummy prefix space of
   * the first token is not counted, so that a first token which is only that ends at 0.
   *
   * @param ids what {@link #encode} gave for {@code text}
   * @return empty when the tokens' bytes do not concatenate to the text's
   */
  public Optional<int[]> byteEnds(String text, int[] ids) {
    byte[] expected = text.getBytes(StandardCharsets.UTF_8);
    byte[] actual = bytesOf(ids);
    int prefix = actual.length - expected.length;
    boolean dummy = prefix == 1 && addsPrefixSpace && actual[0] == ' ';
    boolean equal =
        (prefix == 0 || dummy)
            && Arrays.equals(actual, prefix, actual.length, expected, 0, expected.length);
    if (!equal) {
      return Optional.empty();
    }
    int[] ends = new int[ids.length];
    int end = -prefix;
    for (int i = 0; i < ids.length; i++) {
      end += table.bytes(ids[i]).length;
      ends[i] = end;
    }
    return Optional.of(ends);
  }

  /** A copy of the token's bytes; empty for special tokens and for ids past the vocabulary. */
  public byte[] tokenBytes(int id) {
    return table.bytes(id).clone();
  }

  /**
   * The token's role; {@link TokenRole#OTHER} for ids past the vocabulary, as padded models have.
   */
  public TokenRole role(int id) {
    return table.role(id);
  }

  /** Whether the vocabulary spells bytes, every byte being a token of its own. */
  public boolean isByteLevel() {
    return table.isByteLevel();
  }

  /** Whether the token is SentencePiece's {@code <0xHH>}, for what no other token holds. */
  public boolean isByteFallback(int id) {
    return table.isByteFallback(id);
  }

  /** SHA-256 of everything that encoding and decoding depend on, in hexadecimal. */
  public String hash() {
    return hash;
  }

  /**
   * Whether both have the same ids, bytes and roles: their models' logits then compare directly.
   */
  public boolean sameVocabulary(LmTokenizer other) {
    return table.sameAs(other.table);
  }

  /** The content of {@code tokenizer.json}. */
  public String json() {
    return json;
  }

  /** The content of a {@code tokenizer_config.json} that names the special tokens. */
  public String configJson() {
    return table.specials().toConfig().toPrettyString();
  }

  /** Writes {@code tokenizer.json} and {@code tokenizer_config.json} into a folder that exists. */
  public void save(Path dir) {
    try {
      Files.writeString(dir.resolve(TOKENIZER_FILE), json);
      Files.writeString(dir.resolve(CONFIG_FILE), configJson());
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write a tokenizer to " + dir, e);
    }
  }

  @Override
  public void close() {
    library.close();
  }
}
