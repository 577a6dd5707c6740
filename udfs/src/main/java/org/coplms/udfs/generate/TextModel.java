package org.coplms.udfs.generate;

import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.coplms.proxy.lm.Generator;
import org.coplms.proxy.lm.LanguageModel;
import org.coplms.proxy.lm.SeededPrompt;
import org.coplms.proxy.lm.TextListener;
import org.coplms.proxy.train.Compute;
import org.coplms.proxy.train.Seeds;

/** A model in memory that answers prompts on the thread that opened it. */
public final class TextModel implements AutoCloseable {
  private final GenerateSpec spec;
  private final Compute compute;
  private final NDManager manager;
  private final Generator generator;

  private TextModel(GenerateSpec spec, Compute compute, NDManager manager, Generator generator) {
    this.spec = spec;
    this.compute = compute;
    this.manager = manager;
    this.generator = generator;
  }

  /** Reads the model; its memory is freed by {@link #close}. */
  public static TextModel open(GenerateSpec spec) {
    Configuration files = spec.task().configuration();
    Compute compute = spec.task().compute();
    compute.begin();
    NDManager manager = compute.newManager();
    try {
      LanguageModel model = spec.model().open(spec.device(), files, manager);
      Generator generator =
          new Generator(model, spec.model().base(spec.device(), files).tokenizer(), spec.format());
      return new TextModel(spec, compute, manager, generator);
    } catch (RuntimeException e) {
      manager.close();
      throw e;
    }
  }

  /**
   * The responses, in the order of the prompts, in batches of the spec's size.
   *
   * @throws IllegalArgumentException when a prompt leaves no position for a response
   */
  public List<String> answer(List<String> prompts, TextListener listener) {
    List<String> answers = new ArrayList<>(prompts.size());
    for (int from = 0; from < prompts.size(); from += spec.batchSize()) {
      int first = from;
      List<SeededPrompt> batch =
          prompts.subList(from, Math.min(prompts.size(), from + spec.batchSize())).stream()
              .map(prompt -> new SeededPrompt(prompt, seed(prompt)))
              .toList();
      TextListener shifted =
          listener == TextListener.NONE
              ? listener
              : (row, text, last) -> listener.heard(first + row, text, last);
      answers.addAll(generator.answer(batch, spec.decoding(), shifted));
      batch.forEach(prompt -> compute.stepped());
    }
    return answers;
  }

  private long seed(String prompt) {
    return Seeds.of(spec.seed(), 0, GenerateSpec.SERVER, prompt);
  }

  @Override
  public void close() {
    manager.close();
  }
}
