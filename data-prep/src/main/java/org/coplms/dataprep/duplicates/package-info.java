/**
 * Near duplicates in text columns: MinHash LSH of Spark's MLlib finds candidates, exact Jaccard
 * similarity of the texts' shingles decides.
 *
 * <p>{@link org.coplms.dataprep.duplicates.NearDuplicates} is the entry; {@code Links} is the plan,
 * from rows to links.
 */
package org.coplms.dataprep.duplicates;
