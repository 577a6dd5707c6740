/** The run store: what a run leaves behind, on any Hadoop file system, in committed rounds. */
package org.coplms.jobs.store;
