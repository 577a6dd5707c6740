package org.coplms.proxy.train;

import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.coplms.proxy.lm.Family;
import org.coplms.proxy.lm.LanguageModel;
import org.coplms.proxy.lm.LmConfig;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.tensor.RandomTensors;
import org.coplms.proxy.tokenizer.BpeTrainer;
import org.coplms.proxy.tokenizer.LmTokenizer;
import org.coplms.proxy.tokenizer.TestText;
import org.coplms.proxy.tokenizer.TextFormat;
import org.coplms.proxy.tokenizer.TokenizedExample;

/** Questions that a model of a few thousand weights can learn, and such models. */
public final class TinyTask {
  public static final TextFormat FORMAT = TextFormat.LINES;
  public static final int MAX_TOKENS = 40;
  public static final int POSITIONS = 48;

  /** Constant learning rate, no decay. */
  public static final OptimizerConfig FAST = new OptimizerConfig(1e-2, 0, 1.0, 0, 1);

  private static final List<List<String>> WORDS =
      List.of(
          List.of("english", "zero,one,two,three,four,five,six,seven,eight,nine"),
          List.of("french", "zéro,un,deux,trois,quatre,cinq,six,sept,huit,neuf"),
          List.of("swedish", "noll,ett,två,tre,fyra,fem,sex,sju,åtta,nio"));

  private TinyTask() {}

  /** Thirty questions: ten numbers in three languages, which are the domains. */
  public static List<Example> examples() {
    List<Example> examples = new ArrayList<>();
    for (List<String> language : WORDS) {
      String name = language.get(0);
      String[] words = language.get(1).split(",", -1);
      for (int i = 0; i < words.length; i++) {
        examples.add(
            new Example(name + i, name, "%d in %s?".formatted(i, name), List.of(words[i])));
      }
    }
    return examples;
  }

  /** The questions in one language. */
  public static List<Example> examples(String domain) {
    return examples().stream().filter(example -> example.domain().equals(domain)).toList();
  }

  /**
   * Byte-level BPE of these questions; 259 ids are bytes alone, and more than 287 are not to be
   * had.
   */
  public static LmTokenizer tokenizer(int vocabSize) {
    StringBuilder text = new StringBuilder();
    examples().forEach(e -> text.append(e.prompt()).append('\n').append(e.response()).append('\n'));
    return LmTokenizer.parse(
        BpeTrainer.train(TestText.wordCounts(text.toString()), new BpeTrainer.Spec(vocabSize)));
  }

  public static List<TokenizedExample> tokenized(List<Example> examples, LmTokenizer tokenizer) {
    return Texts.tokenize(examples, tokenizer, FORMAT, MAX_TOKENS);
  }

  /** Random weights. */
  public static BaseModel random(
      Family family, int width, int layers, LmTokenizer tokenizer, long seed) {
    Compute compute = Compute.oneCore();
    compute.begin();
    LmConfig config = LmConfig.of(family, tokenizer.vocabSize(), width, layers, 2, POSITIONS);
    try (NDManager manager = compute.newManager();
        LanguageModel model = LanguageModel.random(config, seed, manager)) {
      return BaseModel.of(config, model.baseWeights(), tokenizer);
    }
  }

  /** A Llama that has learned some questions. */
  public static BaseModel trained(
      int width, int layers, LmTokenizer tokenizer, List<Example> examples, int steps) {
    LmConfig config = LmConfig.of(Family.LLAMA, tokenizer.vocabSize(), width, layers, 2, POSITIONS);
    PretrainConfig pretrain = new PretrainConfig(steps, 16, MAX_TOKENS, FAST);
    return BaseModel.of(
        config,
        Pretraining.run(config, tokenizer, FORMAT, examples, pretrain, 1, Compute.oneCore()),
        tokenizer);
  }

  /** The same model with one weight, of the last norm, that is not a number. */
  public static BaseModel poisoned(BaseModel model) {
    SortedMap<String, HostTensor> weights = new TreeMap<>(model.hostWeights());
    String norm =
        weights.keySet().stream().filter(n -> n.endsWith(".norm.weight")).findFirst().orElseThrow();
    float[] values = weights.get(norm).toFloats();
    values[0] = Float.NaN;
    weights.put(norm, HostTensor.of(weights.get(norm).shape(), values));
    return BaseModel.of(model.config(), weights, model.tokenizer());
  }

  /** The same model with every weight 0: it says nothing, and no gradient reaches any tensor. */
  public static BaseModel silenced(BaseModel model) {
    SortedMap<String, HostTensor> weights = new TreeMap<>(model.hostWeights());
    weights.replaceAll((name, tensor) -> RandomTensors.constant(tensor.shape(), 0));
    return BaseModel.of(model.config(), weights, model.tokenizer());
  }

  /** Mean cross-entropy of a model on some questions, in nats per response token. */
  public static double crossEntropy(LanguageModel model, List<TokenizedExample> texts) {
    Compute compute = Compute.oneCore();
    compute.begin();
    try (NDManager step = compute.newManager()) {
      return BatchLogits.of(model, texts, LossScope.RESPONSE, step).crossEntropy().getFloat();
    }
  }
}
