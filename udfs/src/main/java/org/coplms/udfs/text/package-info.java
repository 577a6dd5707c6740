/** How texts look to the tokenizers of models: lengths in tokens, coverage of vocabularies. */
package org.coplms.udfs.text;
