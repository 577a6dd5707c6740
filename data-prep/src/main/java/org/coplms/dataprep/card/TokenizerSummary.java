package org.coplms.dataprep.card;

/**
 * How a tokenizer meets the texts.
 *
 * @param vocabulary its size
 * @param used entries that occur
 * @param tokens in all prompts and first responses
 * @param unknown those that stand for bytes without a piece of their own
 * @param words runs of letters and digits in the same texts
 */
public record TokenizerSummary(
    String name, int vocabulary, int used, long tokens, long unknown, long words) {}
