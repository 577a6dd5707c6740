/**
 * The summary of a run for people: one self-contained HTML page, rendered from plain values. It
 * knows neither Spark nor the run store; whoever calls it fills {@link
 * org.coplms.jobs.report.ReportData}.
 */
package org.coplms.jobs.report;
