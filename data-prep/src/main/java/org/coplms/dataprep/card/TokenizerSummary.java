package org.coplms.dataprep.card;

/**
 * How a tokenizer meets the texts.
 *
 * @param vocabulary its tokens for text
 * @param used those that occur
 * @param tokens in all prompts and first responses
 * @param tokensPerWord a word being what stands between spaces
 * @param unknownShare of the tokens, those that stand for bytes without a piece of their own
 */
public record TokenizerSummary(
    String name,
    int vocabulary,
    int used,
    long tokens,
    double tokensPerWord,
    double unknownShare) {}
