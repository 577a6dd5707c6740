package org.coplms.proxy.tokenizer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The texts of a tokenizer's files in a checkpoint; only {@code tokenizer.json} is never absent.
 *
 * @param tokenizer {@code tokenizer.json}: vocabulary and rules
 * @param config {@code tokenizer_config.json}: special tokens and chat templates; "{}" if absent
 * @param specialTokens {@code special_tokens_map.json}: names of special tokens; "{}" if absent
 * @param generation {@code generation_config.json}: which ids end a text; "{}" if absent
 * @param chatTemplate {@code chat_template.jinja}: goes before the templates of {@code config};
 *     empty if absent
 */
public record TokenizerFiles(
    String tokenizer, String config, String specialTokens, String generation, String chatTemplate) {
  static final String TOKENIZER = "tokenizer.json";
  static final String CONFIG = "tokenizer_config.json";
  static final String SPECIAL_TOKENS = "special_tokens_map.json";
  static final String GENERATION = "generation_config.json";
  static final String CHAT_TEMPLATE = "chat_template.jinja";
  static final String NONE = "{}";

  /** A checkpoint's folder, wherever it is. */
  public interface Folder {
    /** Whether the folder has such a file. */
    boolean has(String file);

    /** The content of a file that is there. */
    String text(String file);

    /** A folder on the local disk. */
    static Folder of(Path dir) {
      return new Folder() {
        @Override
        public boolean has(String file) {
          return Files.isRegularFile(dir.resolve(file));
        }

        @Override
        public String text(String file) {
          try {
            return Files.readString(dir.resolve(file));
          } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the tokenizer's " + dir.resolve(file), e);
          }
        }
      };
    }
  }

  /** Files of which only two are there. */
  public static TokenizerFiles of(String tokenizer, String config) {
    return new TokenizerFiles(tokenizer, config, NONE, NONE, "");
  }

  /**
   * Reads what is there.
   *
   * @param place names the folder in errors
   * @throws IllegalArgumentException when there is no {@code tokenizer.json}, with what to do
   */
  public static TokenizerFiles read(String place, Folder folder) {
    if (!folder.has(TOKENIZER)) {
      throw new IllegalArgumentException(missing(place, folder));
    }
    return new TokenizerFiles(
        folder.text(TOKENIZER),
        text(folder, CONFIG, NONE),
        text(folder, SPECIAL_TOKENS, NONE),
        text(folder, GENERATION, NONE),
        text(folder, CHAT_TEMPLATE, ""));
  }

  private static String text(Folder folder, String file, String absent) {
    return folder.has(file) ? folder.text(file) : absent;
  }

  private static String missing(String place, Folder folder) {
    boolean older = folder.has("tokenizer.model") || folder.has("vocab.json");
    return older
        ? "%s holds a tokenizer in an older format only, and %s is needed; convert it once with Python: transformers.AutoTokenizer.from_pretrained('%s', use_fast=True).save_pretrained('%s')"
            .formatted(place, TOKENIZER, place, place)
        : "No %s in %s; copy it there from the model's checkpoint".formatted(TOKENIZER, place);
  }

  /** The texts by file name, those that are there. */
  public SortedMap<String, String> byName() {
    SortedMap<String, String> texts = new TreeMap<>();
    texts.put(TOKENIZER, tokenizer);
    texts.put(CONFIG, config);
    texts.put(SPECIAL_TOKENS, specialTokens);
    texts.put(GENERATION, generation);
    texts.put(CHAT_TEMPLATE, chatTemplate);
    texts.values().removeIf(text -> text.isEmpty() || text.equals(NONE));
    return texts;
  }
}
