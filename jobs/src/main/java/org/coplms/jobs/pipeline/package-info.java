/** Stages of a run, their order, and what each of them is given. */
package org.coplms.jobs.pipeline;
