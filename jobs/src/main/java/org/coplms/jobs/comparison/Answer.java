package org.coplms.jobs.comparison;

/**
 * How a method answered a question, 0 to 100.
 *
 * @param exposed the SLM had been trained on the prompt, though the device does not hold it
 */
record Answer(String domain, double rougeL, double exactMatch, boolean exposed) {}
