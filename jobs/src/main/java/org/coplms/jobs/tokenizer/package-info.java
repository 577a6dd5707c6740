/** A tokenizer from texts: words counted on Spark's executors, merges learned on the driver. */
package org.coplms.jobs.tokenizer;
