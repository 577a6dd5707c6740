package org.coplms.udfs.text;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.util.SerializableConfiguration;
import org.coplms.proxy.tokenizer.LmTokenizer;
import org.coplms.proxy.tokenizer.PromptFormat;
import org.coplms.proxy.tokenizer.TextFormat;

/**
 * How many tokens examples have for the tokenizers of some models, as those models would learn
 * them: BOS where there is one, the prompt in its format, the response, EOS.
 *
 * <p>Travels to executors as names and paths; each JVM opens a tokenizer once. Safe for use by
 * several threads.
 */
public final class TokenLengths implements Serializable {
  private static final long serialVersionUID = 1L;

  private final LinkedHashMap<String, String> folders;
  private final PromptFormat format;
  private final SerializableConfiguration hadoop;
  private transient volatile List<LmTokenizer> opened;

  /**
   * Lengths by some tokenizers. Nothing is opened yet.
   *
   * @param folders of models or tokenizers by name, on any Hadoop file system; their order is that
   *     of all results
   * @param format how prompt and response become one text
   */
  public TokenLengths(
      Map<String, String> folders, PromptFormat format, Configuration configuration) {
    this.folders = new LinkedHashMap<>(folders);
    this.format = format;
    this.hadoop = new SerializableConfiguration(configuration);
  }

  /** With the prompt on a line of its own. */
  public TokenLengths(Map<String, String> folders, Configuration configuration) {
    this(folders, TextFormat.LINES, configuration);
  }

  /** The tokenizers' names. */
  public List<String> names() {
    return List.copyOf(folders.keySet());
  }

  /**
   * Number of ids of an example by each tokenizer: all that it would be trained on, uncut.
   *
   * @throws IllegalArgumentException when a tokenizer cannot be opened, or has no such format
   */
  public int[] tokens(String prompt, String response) {
    return tokenizers().stream().mapToInt(t -> ids(t, prompt, response).length).toArray();
  }

  /** The ids of an example by each tokenizer, BOS and EOS among them. */
  public List<int[]> ids(String prompt, String response) {
    return tokenizers().stream().map(t -> ids(t, prompt, response)).toList();
  }

  private int[] ids(LmTokenizer tokenizer, String prompt, String response) {
    TextFormat own = format.of(tokenizer);
    int[] promptIds = own.promptIds(tokenizer, prompt);
    int[] responseIds = own.responseIds(tokenizer, response);
    int[] ids = Arrays.copyOf(promptIds, promptIds.length + responseIds.length + 1);
    System.arraycopy(responseIds, 0, ids, promptIds.length, responseIds.length);
    ids[ids.length - 1] = tokenizer.eosId();
    return ids;
  }

  /** Empty coverages, one for each tokenizer, to be filled by {@link #cover} and merged. */
  public List<VocabularyCoverage> coverages() {
    return tokenizers().stream().map(VocabularyCoverage::of).toList();
  }

  /**
   * Adds a text, without its frame, to each tokenizer's coverage.
   *
   * @param coverages in the order of the names
   */
  public void cover(String text, List<VocabularyCoverage> coverages) {
    List<LmTokenizer> tokenizers = tokenizers();
    for (int i = 0; i < tokenizers.size(); i++) {
      coverages.get(i).add(text, tokenizers.get(i));
    }
  }

  /** Looked up once for each copy of this object: a task has its own. */
  private List<LmTokenizer> tokenizers() {
    List<LmTokenizer> known = opened;
    if (known == null) {
      List<LmTokenizer> looked = new ArrayList<>();
      folders.values().forEach(folder -> looked.add(TokenizerCache.get(folder, hadoop.value())));
      known = List.copyOf(looked);
      opened = known;
    }
    return known;
  }
}
