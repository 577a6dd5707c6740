/** Questions that are made here: numbers and dates in words, and nouns. */
package org.coplms.dataprep.builtin;
