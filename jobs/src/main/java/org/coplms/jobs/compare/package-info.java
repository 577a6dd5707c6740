/** Runs the cells of a comparison: every method with every seed. */
package org.coplms.jobs.compare;
