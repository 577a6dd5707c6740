/** The stages of a run: each wires settings to Spark jobs and writes into the run store. */
package org.coplms.jobs.stages;
