package org.coplms.jobs.config;

import org.coplms.proxy.train.PretrainConfig;

/** A model before tuning. */
public sealed interface ModelSettings {
  /** Its name in the run. */
  String name();

  /**
   * A checkpoint in Hugging Face's layout.
   *
   * @param path folder with {@code config.json}, {@code model.safetensors}, {@code tokenizer.json}
   */
  record CheckpointSettings(String name, String path) implements ModelSettings {}

  /**
   * A tiny model that the run trains from scratch, with a byte-level BPE tokenizer of its own.
   *
   * @param config Hugging Face configuration: a file of {@code conf/}, or a path
   * @param vocabSize tokens of its tokenizer; 259 makes a byte tokenizer
   */
  record TinySettings(String name, String config, int vocabSize, PretrainConfig pretrain)
      implements ModelSettings {}
}
