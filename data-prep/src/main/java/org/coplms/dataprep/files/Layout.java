package org.coplms.dataprep.files;

/**
 * Which fields of a record make a prompt and its references, by the published form of well-known
 * data sets. The first reference is the one that is learned.
 */
public enum Layout {
  /** As {@link Columns} names them. */
  COLUMNS,
  /** {@code instruction}, {@code input} (may be empty), {@code output}. */
  ALPACA,
  /** {@code instruction}, {@code context} (may be empty), {@code response}, {@code category}. */
  DOLLY,
  /** Tasks with {@code Definition}, {@code Categories} and {@code Instances}. */
  NATURAL_INSTRUCTIONS,
  /** Articles with paragraphs and questions, or one question in each record. */
  SQUAD,
  /** {@code question}, {@code answer}: the whole solution is learned. */
  GSM8K,
  /** Question, four choices, letter; or {@code question}, {@code choices}, {@code answer}. */
  MMLU,
  /** Tasks with {@code examples} of {@code input} and {@code target} or {@code target_scores}. */
  BIGBENCH,
  /** {@code messages} of role and content, or {@code conversations} of from and value. */
  CHAT,
  /** {@code prompt}, {@code completion}: texts, or lists of messages. */
  PROMPT_COMPLETION
}
