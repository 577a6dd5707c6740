package org.coplms.jobs.store;

/** One file of a committed round: its path below the round's folder, its size and its SHA-256. */
public record StoredFile(String name, long bytes, String sha256) {}
