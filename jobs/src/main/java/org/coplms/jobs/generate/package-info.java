/** Text from a checkpoint or from a model of a finished run: which model, and over which table. */
package org.coplms.jobs.generate;
