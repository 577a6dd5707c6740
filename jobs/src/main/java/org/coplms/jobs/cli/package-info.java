/** The command line: commands, options, the Spark session, and one clear line per error. */
package org.coplms.jobs.cli;
