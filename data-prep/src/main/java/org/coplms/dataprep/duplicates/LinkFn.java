package org.coplms.dataprep.duplicates;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.util.TaskCompletionListener;

/**
 * Candidates, group by group and within a group by (side, order, id) → links to earlier members.
 *
 * <p>Without sides a group has leaders: a member is linked to the first leader to which it is
 * similar, and becomes a leader where there is none. So no two leaders of a group are similar.
 * Across sides a member is linked to the first member of an earlier side to which it is similar.
 *
 * <p>So many leaders, or members, stay in memory at once. Those for which there is no room are put
 * off in a file and, once the group has been read, come again in a round of their own: the links
 * are the same, and a group of n costs n / room rounds.
 */
final class LinkFn implements MapPartitionsFunction<Row, Row> {
  private static final long serialVersionUID = 1L;

  private final LinkSpec spec;
  private final String idCol;

  LinkFn(LinkSpec spec, LinkedColumns columns) {
    this.spec = spec;
    idCol = columns.id();
  }

  @Override
  public Iterator<Row> call(Iterator<Row> rows) {
    Rounds rounds = new Rounds(rows, spec.shingles());
    TaskCompletionListener close = task -> rounds.close();
    TaskContext.get().addTaskCompletionListener(close);
    return new LinkIterator(rounds, spec, idCol);
  }

  /** The links of all groups of a partition. */
  static final class LinkIterator implements Iterator<Row> {
    private final Rounds rounds;
    private final LinkSpec spec;
    private final String idCol;
    private final Members members;

    /** Members of the present side: those of the next side may be linked to them. */
    private final List<Member> waiting = new ArrayList<>();

    private Member previous;
    private Row link;

    LinkIterator(Rounds rounds, LinkSpec spec, String idCol) {
      this.rounds = rounds;
      this.spec = spec;
      this.idCol = idCol;
      members = new Members(new Overlap(spec.threshold()));
    }

    @Override
    public boolean hasNext() {
      while (link == null && rounds.hasNext()) {
        Member member = rounds.next();
        if (rounds.starting()) {
          members.clear();
          waiting.clear();
          previous = null;
        }
        requireAnotherId(member);
        Member earlier = spec.acrossSides() ? ofEarlierSide(member) : leader(member);
        if (earlier != null) {
          link =
              RowFactory.create(
                  member.id(), member.side(), earlier.side(), earlier.order(), earlier.id());
        }
        previous = member;
      }
      return link != null;
    }

    @Override
    public Row next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      Row given = link;
      link = null;
      return given;
    }

    private Member leader(Member member) {
      Member leader = members.similarTo(member.shingles());
      if (leader == null) {
        if (members.size() < spec.membersInMemory()) {
          members.add(member);
        } else {
          rounds.putOff(member);
        }
      }
      return leader;
    }

    private Member ofEarlierSide(Member member) {
      if (previous != null && !previous.side().equals(member.side())) {
        waiting.forEach(members::add);
        waiting.clear();
      }
      if (members.size() + waiting.size() < spec.membersInMemory()) {
        waiting.add(member);
      } else {
        rounds.putOff(member);
      }
      return members.similarTo(member.shingles());
    }

    private void requireAnotherId(Member member) {
      if (previous != null
          && previous.id().equals(member.id())
          && Objects.equals(previous.side(), member.side())) {
        throw new IllegalArgumentException(
            "The column '%s' holds '%s' in two rows%s; every row needs an id of its own"
                .formatted(
                    idCol,
                    member.id(),
                    member.side() == null ? "" : " of side '" + member.side() + "'"));
      }
    }
  }
}
