/** The coordinator: rounds of edge updates, merge and server update, each committed. */
package org.coplms.jobs.cotune;
