package org.coplms.proxy.lm;

/**
 * A prompt with randomness of its own: its draws do not depend on the prompts beside it.
 *
 * @param seed of the draws; without effect where nothing is drawn
 */
public record SeededPrompt(String text, long seed) {}
