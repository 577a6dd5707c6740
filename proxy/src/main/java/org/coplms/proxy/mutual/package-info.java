/**
 * Structure-agnostic mutual learning: byte alignment, vocabulary maps, and the divergences between
 * two language models that may differ in tokenizer and structure.
 */
package org.coplms.proxy.mutual;
