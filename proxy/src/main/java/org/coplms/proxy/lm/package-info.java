/**
 * Decoder language models under their Hugging Face names: configuration, blocks, checkpoints and
 * generation.
 *
 * <p>Dimensions: B batch, T tokens, S tokens attended to, H hidden size, D head size, V vocabulary.
 */
package org.coplms.proxy.lm;
