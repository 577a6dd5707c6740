/**
 * Who gets what: how many items of each domain each edge device gets, and which.
 *
 * <p>A {@link org.coplms.dataprep.partition.PartitionSpec} names the way; {@link
 * org.coplms.dataprep.partition.PartitionPlan} makes counts of it; {@link
 * org.coplms.dataprep.partition.EdgePartitioner} does so for the rows of a table, as a Spark ML
 * stage.
 */
package org.coplms.dataprep.partition;
