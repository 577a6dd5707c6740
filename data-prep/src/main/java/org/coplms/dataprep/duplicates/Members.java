package org.coplms.dataprep.duplicates;

import java.util.ArrayList;
import java.util.List;

/**
 * Members of a group, and the first of them to which a set of shingles is similar.
 *
 * <p>Few members are compared one by one. Many are indexed by a prefix filter (Chaudhuri et al.
 * 2006, Bayardo et al. 2007): in any fixed order of the shingles, two sets with an overlap of c
 * share one of the first |A| − c + 1 of A and |B| − c + 1 of B. The order here is by how many
 * members have the shingle, rare ones first, so that the words of a template, which all members
 * share, choose no candidate. The filter loses no pair: the answer is that of comparing one by one.
 */
final class Members {
  private static final int COMPARED_ONE_BY_ONE = 32;

  private final Overlap overlap;
  private final int indexedFrom;
  private final List<Member> members = new ArrayList<>();
  private PrefixIndex index;
  private int nextBuild;

  Members(Overlap overlap) {
    this(overlap, COMPARED_ONE_BY_ONE);
  }

  /**
   * @param indexedFrom the number of members from which there is an index
   */
  Members(Overlap overlap, int indexedFrom) {
    this.overlap = overlap;
    this.indexedFrom = indexedFrom;
    nextBuild = indexedFrom;
  }

  int size() {
    return members.size();
  }

  void clear() {
    members.clear();
    index = null;
    nextBuild = indexedFrom;
  }

  void add(Member member) {
    members.add(member);
    if (members.size() >= nextBuild) {
      index = new PrefixIndex(members, overlap);
      nextBuild = 2 * members.size();
    } else if (index != null) {
      index.add(member.shingles());
    }
  }

  /** The first added to which the shingles are similar, or null. */
  Member similarTo(int[] shingles) {
    if (index != null) {
      int found = index.first(shingles);
      return found < 0 ? null : members.get(found);
    }
    for (Member member : members) {
      if (overlap.reached(member.shingles(), shingles)) {
        return member;
      }
    }
    return null;
  }
}
