package org.coplms.jobs.report;

/** Wall-clock time of one stage. */
public record StageTime(String stage, double seconds) {}
