/** The models of a run: where they stand, what they are, and whether they fit the machine. */
package org.coplms.jobs.models;
