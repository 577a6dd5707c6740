/** The logit cache: what a large model says about texts, computed once, kept in Parquet. */
package org.coplms.udfs.logits;
