/** What prepared texts are like, for people: lengths, tokenizers, examples. */
package org.coplms.dataprep.card;
