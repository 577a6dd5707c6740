/** Tuned models of a run as folders that Hugging Face's libraries and DJL open. */
package org.coplms.jobs.export;
