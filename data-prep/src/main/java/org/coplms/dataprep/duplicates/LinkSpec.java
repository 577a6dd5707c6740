package org.coplms.dataprep.duplicates;

import java.io.Serializable;

/**
 * What decides links.
 *
 * @param shingles of a text
 * @param hashes of the shingles
 * @param bands of the hashes
 * @param sketches of the hashes
 * @param threshold least similarity of a link
 * @param acrossSides whether links join rows of different sides only
 * @param membersInMemory of one group, at most; see {@link LinkFn}
 * @param seed of the order of the rows
 */
record LinkSpec(
    Shingles shingles,
    MinHashes hashes,
    Bands bands,
    Sketches sketches,
    double threshold,
    boolean acrossSides,
    int membersInMemory,
    long seed)
    implements Serializable {
  /** About 0.6 kB each for texts of 80 characters. */
  static final int MEMBERS_IN_MEMORY = 50_000;
}
