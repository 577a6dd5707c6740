/** The application: where commands, stages and the run store come together. */
package org.coplms.jobs;
