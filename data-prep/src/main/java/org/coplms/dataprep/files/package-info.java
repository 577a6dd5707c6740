/**
 * A user's own files as records: JSON lines, JSON documents, CSV, TSV and Parquet, in the layouts
 * of well-known data sets, compressed or not, on any Hadoop file system.
 *
 * <p>{@link org.coplms.dataprep.files.FileRecords} reads what a {@link
 * org.coplms.dataprep.files.ReadSpec} names. Every record becomes one row: usable, or with the
 * problem that makes it unusable. {@link org.coplms.dataprep.files.Quarantine} keeps the latter
 * with their line numbers. Which row a record becomes, and in which order, depends on the files
 * alone, never on partitions or cluster.
 */
package org.coplms.dataprep.files;
