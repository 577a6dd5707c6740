package org.coplms.dataprep.prepare;

import java.util.Locale;
import org.coplms.dataprep.PreparationException;
import org.coplms.dataprep.RecordCounts;
import org.coplms.dataprep.files.Quarantined;

/** The records as read: counted, and the unusable ones set aside. */
record Intake(long read, Quarantined quarantined) {

  /** What became of them, when so many were accepted and of these so many asked for by no split. */
  RecordCounts counts(long accepted, long unused) {
    long unusable = quarantined.records();
    return new RecordCounts(read, accepted, read - unusable - accepted, unusable, unused);
  }

  /**
   * Refuses too many unusable records.
   *
   * @throws PreparationException that shows the first of them
   */
  void requireAtMost(double maxShare) {
    if (quarantined.records() > maxShare * read) {
      throw new PreparationException(
          String.format(
              Locale.ROOT,
              "Of %,d records %s; data.quarantine.max-share = %s allows %,d: mend them, or raise it",
              read,
              quarantined.text(),
              maxShare,
              (long) (maxShare * read)));
    }
  }
}
