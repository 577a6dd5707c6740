package org.coplms.jobs.config;

import java.util.Optional;
import org.coplms.proxy.tensor.Precision;
import org.coplms.proxy.tokenizer.BpeTrainer;
import org.coplms.proxy.train.PretrainConfig;

/** A model before tuning. */
public sealed interface ModelSettings {
  /** Its name in the run. */
  String name();

  /** In what its weights are held while they are frozen. */
  Precision precision();

  /**
   * A checkpoint in Hugging Face's layout.
   *
   * @param path folder with {@code config.json}, {@code tokenizer.json} and the weights in one
   *     safetensors file, or in shards with their index
   * @param dtype of its frozen weights; absent for float32
   * @param adapter folder of a LoRA in PEFT's layout that is folded into the weights first
   */
  record CheckpointSettings(
      String name, String path, Optional<Precision> dtype, Optional<String> adapter)
      implements ModelSettings {
    @Override
    public Precision precision() {
      return dtype.orElse(Precision.FLOAT32);
    }
  }

  /**
   * A tiny model that the run trains from scratch, with a byte-level BPE tokenizer of its own.
   *
   * @param config Hugging Face configuration: a file of {@code conf/}, or a path
   * @param vocabSize tokens of its tokenizer; 259 makes a byte tokenizer
   * @param prefixSpace whether the tokenizer reads a text with a space before it, so that the first
   *     word of a response has the tokens that it has within the prompt; absent for no
   */
  record TinySettings(
      String name,
      String config,
      int vocabSize,
      Optional<Boolean> prefixSpace,
      PretrainConfig pretrain)
      implements ModelSettings {
    /** What its tokenizer is trained by. */
    public BpeTrainer.Spec tokenizer() {
      return new BpeTrainer.Spec(vocabSize, prefixSpace.orElse(false));
    }

    @Override
    public Precision precision() {
      return Precision.FLOAT32;
    }
  }
}
