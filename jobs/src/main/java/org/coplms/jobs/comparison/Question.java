package org.coplms.jobs.comparison;

import java.util.Comparator;

/** A test question of an edge device in the runs of a seed; what pairs the methods. */
record Question(long seed, int device, String id) implements Comparable<Question> {
  private static final Comparator<Question> ORDER =
      Comparator.comparingLong(Question::seed)
          .thenComparingInt(Question::device)
          .thenComparing(Question::id);

  @Override
  public int compareTo(Question other) {
    return ORDER.compare(this, other);
  }
}
