/**
 * The learners of the baselines: an SLM alone with texts, an LLM alone with texts, and the mean
 * that federates SLMs of one architecture.
 */
package org.coplms.proxy.baseline;
