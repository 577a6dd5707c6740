package org.coplms.proxy.cotune;

/** Which of the SLM's own tensors mutual learning tunes. */
public enum TuningScope {
  /** Every tensor: right for tiny models that are barely pretrained. */
  FULL,
  /** A LoRA over frozen base weights: right for real checkpoints. */
  LORA
}
