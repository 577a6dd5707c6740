/** Text to tokens and back to bytes: tokenizers, their training, and tokenized examples. */
package org.coplms.proxy.tokenizer;
