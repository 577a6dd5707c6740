/** How answers are scored: Rouge-L, exact match, perplexity, and whether a gain is real. */
package org.coplms.proxy.metric;
