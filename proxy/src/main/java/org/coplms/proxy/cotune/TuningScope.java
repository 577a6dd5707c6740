package org.coplms.proxy.cotune;

/** Which of a model's own tensors mutual learning tunes. */
public enum TuningScope {
  /** Every tensor: right for tiny models that are barely pretrained. */
  FULL,
  /** A LoRA over frozen base weights: right for real checkpoints. */
  LORA
}
