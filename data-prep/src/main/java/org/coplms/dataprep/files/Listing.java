package org.coplms.dataprep.files;

/**
 * The input of a specification.
 *
 * @param identity changes when a file is added, removed or written
 * @param bytes as stored
 */
public record Listing(String identity, long files, long bytes) {}
