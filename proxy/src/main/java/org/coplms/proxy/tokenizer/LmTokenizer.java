package org.coplms.proxy.tokenizer;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.coplms.proxy.chat.ChatTemplate;
import org.coplms.proxy.tensor.NativeDefaults;

/**
 * A tokenizer read from a Hugging Face {@code tokenizer.json}, with the bytes of every token.
 *
 * <p>Text becomes ids through DJL's binding of the tokenizers library, without special tokens,
 * truncation or padding; ids become text through the byte table. Safe for use by several threads.
 * The library's object is native memory: {@link #close} frees it, and the tokenizer travels between
 * processes as {@link #json} and {@link #configJson}, not by serialization.
 *
 * <p>No text that {@link #encode} gets is a special token, whatever it spells: {@code <eos>} in a
 * text is five characters. Special tokens are read only where {@link #encodeWithin} is told of
 * them.
 */
public final class LmTokenizer implements AutoCloseable {
  // The library's defaults truncate at 512 tokens.
  private static final Map<String, String> OPTIONS =
      Map.of("addSpecialTokens", "false", "truncation", "false", "padding", "false");

  static {
    NativeDefaults.set();
  }

  private final HuggingFaceTokenizer library;
  private final TokenTable table;
  private final MaskedSpecials masked;
  private final TokenizerFiles files;
  private final Optional<ChatTemplate> chatTemplate;
  private final Map<String, TextFormat> chatFormats = new ConcurrentHashMap<>();
  private final String configJson;
  private final String hash;
  private final OptionalInt bosId;
  private final int eosId;
  private final int padId;
  private final boolean addsPrefixSpace;

  private LmTokenizer(TokenizerFiles files, JsonFiles parsed) {
    this.files = files;
    this.table = TokenTable.read(parsed);
    SpecialTokens specials = table.specials();
    this.eosId = eosId(table, parsed.generation());
    this.bosId = specials.bos().map(t -> OptionalInt.of(table.id(t))).orElse(OptionalInt.empty());
    this.configJson = specials.toConfig(parsed.config()).toPrettyString();
    this.padId = specials.pad().map(table::id).orElse(eosId);
    this.hash = TokenizerHash.of(parsed.tokenizer(), table);
    this.chatTemplate = ChatTemplates.find(files.chatTemplate(), parsed.config(), specials);
    this.masked = new MaskedSpecials(table.specialContents());
    this.library = open(masked.tokenizer(parsed.tokenizer(), table.ids()));
    this.addsPrefixSpace =
        PrefixSpace.isDeclared(parsed.tokenizer())
            || new String(bytesOf(encode("a")), StandardCharsets.UTF_8).equals(" a");
  }

  private static int eosId(TokenTable table, JsonNode generation) {
    JsonNode named = generation.path("eos_token_id");
    JsonNode first = named.isArray() ? named.path(0) : named;
    Optional<Integer> id = table.specials().eos().map(table::id);
    if (id.isEmpty() && !first.isInt()) {
      throw new IllegalArgumentException(
          "no token ends a sequence; name it as eos_token in tokenizer_config.json");
    }
    return id.orElseGet(first::asInt);
  }

  /**
   * Opens the tokenizer of a checkpoint on the local disk, from the files of {@link
   * TokenizerFiles}.
   *
   * @throws IllegalArgumentException when there is no tokenizer or it cannot be used
   */
  public static LmTokenizer load(Path dir) {
    if (!Files.isDirectory(dir)) {
      throw new IllegalArgumentException(
          "No tokenizer in %s: there is no such folder".formatted(dir));
    }
    return of(dir.toString(), TokenizerFiles.read(dir.toString(), TokenizerFiles.Folder.of(dir)));
  }

  /**
   * Opens a tokenizer.
   *
   * @param place names where the files are from in errors
   * @throws IllegalArgumentException when it cannot be used
   */
  public static LmTokenizer of(String place, TokenizerFiles files) {
    try {
      return of(files);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "Cannot use the tokenizer in %s: %s".formatted(place, e.getMessage()), e);
    }
  }

  /**
   * Opens a tokenizer.
   *
   * @throws IllegalArgumentException when it cannot be used
   */
  public static LmTokenizer of(TokenizerFiles files) {
    return new LmTokenizer(files, JsonFiles.parse(files));
  }

  /**
   * Opens a tokenizer whose special tokens have usual names, as {@code <bos>}, {@code </s>} or
   * {@code <|endoftext|>}.
   *
   * @param tokenizerJson the content of {@code tokenizer.json}
   * @throws IllegalArgumentException when it cannot be used
   */
  public static LmTokenizer parse(String tokenizerJson) {
    return parse(tokenizerJson, TokenizerFiles.NONE);
  }

  /**
   * Opens a tokenizer.
   *
   * @param tokenizerJson the content of {@code tokenizer.json}
   * @param configJson the content of {@code tokenizer_config.json}
   * @throws IllegalArgumentException when it cannot be used
   */
  public static LmTokenizer parse(String tokenizerJson, String configJson) {
    return of(TokenizerFiles.of(tokenizerJson, configJson));
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

  /** Number of ids, special tokens included: one more than the highest id. */
  public int vocabSize() {
    return table.size();
  }

  public OptionalInt bosId() {
    return bosId;
  }

  /** The token that a trained text ends with. */
  public int eosId() {
    return eosId;
  }

  /** All tokens that end a text, ascending: {@link #eosId}, and what chat models add to it. */
  public int[] endIds() {
    return table.ends();
  }

  /** Whether a text ends where this token would follow. */
  public boolean isEnd(int id) {
    return table.role(id) == TokenRole.EOS;
  }

  /** The padding token, or the end-of-sequence token where there is none: mask by length. */
  public int padId() {
    return padId;
  }

  /** The ids of a text; no special token is among them. */
  public int[] encode(String text) {
    return encodeWithin("", text, "");
  }

  /**
   * The ids of a text in its frame, encoded as one text.
   *
   * @param before may spell special tokens, and they are read as such
   * @param text may not: what it spells is text
   * @param after as {@code before}
   */
  public int[] encodeWithin(String before, String text, String after) {
    int cut = MaskedSpecials.cut(text);
    if (cut >= 0) {
      return IntStream.concat(
              Arrays.stream(encodeWithin(before, text.substring(0, cut), "")),
              Arrays.stream(encodeWithin("", text.substring(cut), after)))
          .toArray();
    }
    String whole = masked.mask(before) + text + masked.mask(after);
    return Arrays.stream(library.encode(whole, false, false).getIds())
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

  /** Whether the token is special: it stands for no text, and is not the unknown token. */
  boolean isSpecial(int id) {
    return table.isSpecial(id);
  }

  /** Whether special tokens are found in what frames a text. */
  boolean spellsSpecial(String frame) {
    return !masked.mask(frame).equals(frame);
  }

  /** The template of the model's conversations, if it has one. */
  public Optional<ChatTemplate> chatTemplate() {
    return chatTemplate;
  }

  /** What {@code make} gives for the key, made once. */
  TextFormat chatFormat(String key, Function<String, TextFormat> make) {
    return chatFormats.computeIfAbsent(key, make);
  }

  /** The texts of the files that make this tokenizer, by name; special tokens are named. */
  public SortedMap<String, String> files() {
    SortedMap<String, String> texts = files.byName();
    texts.put(TokenizerFiles.CONFIG, configJson);
    return texts;
  }

  /** The content of {@code tokenizer.json}. */
  public String json() {
    return files.tokenizer();
  }

  /** The content of a {@code tokenizer_config.json} that names the special tokens. */
  public String configJson() {
    return configJson;
  }

  /** Writes {@link #files} into a folder that exists. */
  public void save(Path dir) {
    try {
      for (Map.Entry<String, String> file : files().entrySet()) {
        Files.writeString(dir.resolve(file.getKey()), file.getValue());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write a tokenizer to " + dir, e);
    }
  }

  @Override
  public void close() {
    library.close();
  }
}
