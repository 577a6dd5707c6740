/** Words of texts and how often they occur, for training tokenizers. */
package org.coplms.dataprep.words;
