/**
 * Examples, their domains and their partition over edge devices.
 *
 * <p>A {@link org.coplms.dataprep.prepare.PrepareSpec} says where question-answer pairs come from
 * and how they are shared out; {@link org.coplms.dataprep.prepare.Preparation} writes them as
 * Parquet; {@link org.coplms.dataprep.Prepared} reads them back. Where an item goes depends on the
 * seed and on the item's key alone, never on partitions, file order or cluster.
 *
 * <p>This package holds what all others know. {@code files}, {@code duplicates}, {@code domains},
 * {@code partition}, {@code builtin}, {@code words} and {@code card} come next; {@code prepare}
 * puts them together.
 */
package org.coplms.dataprep;
