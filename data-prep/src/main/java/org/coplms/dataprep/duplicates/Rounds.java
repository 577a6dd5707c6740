package org.coplms.dataprep.duplicates;

import java.util.Iterator;
import org.apache.spark.sql.Row;

/**
 * The members of groups, group by group. A member that is put off comes again in the group's next
 * round, in the same order.
 */
final class Rounds implements AutoCloseable {
  private final Iterator<Row> rows;
  private final Shingles shingles;
  private Row ahead;
  private long group;
  private boolean starting;
  private Overflow repeated;
  private Overflow putOff;

  /**
   * @param rows with {@link Links#CANDIDATES}, the rows of a group together
   */
  Rounds(Iterator<Row> rows, Shingles shingles) {
    this.rows = rows;
    this.shingles = shingles;
    ahead = read();
  }

  boolean hasNext() {
    return ahead != null || putOff != null || (repeated != null && repeated.hasNext());
  }

  Member next() {
    starting = false;
    if (repeated != null && repeated.hasNext()) {
      return repeated.next();
    }
    if (repeated == null && ahead != null && ahead.getLong(0) == group) {
      return nextRow();
    }
    starting = true;
    closeRepeated();
    if (putOff != null) {
      repeated = putOff;
      putOff = null;
      return repeated.next();
    }
    group = ahead.getLong(0);
    return nextRow();
  }

  /** Whether the last member was the first of a round. */
  boolean starting() {
    return starting;
  }

  void putOff(Member member) {
    if (putOff == null) {
      putOff = new Overflow();
    }
    putOff.add(member);
  }

  private Member nextRow() {
    Member member =
        new Member(
            ahead.getString(1),
            ahead.getString(4),
            ahead.getLong(2),
            shingles.of(ahead.getString(3)));
    ahead = read();
    return member;
  }

  private Row read() {
    return rows.hasNext() ? rows.next() : null;
  }

  private void closeRepeated() {
    if (repeated != null) {
      repeated.close();
      repeated = null;
    }
  }

  @Override
  public void close() {
    closeRepeated();
    if (putOff != null) {
      putOff.close();
      putOff = null;
    }
  }
}
