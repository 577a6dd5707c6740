package org.coplms.dataprep.files;

import java.util.Locale;

/** Kinds of problems, for counting; the problem itself says more. */
enum Reason {
  NOT_UTF8,
  NOT_JSON,
  NOT_CSV,
  /** JSON, but no object. */
  NOT_AN_OBJECT,
  /** A field or the domain is not there. */
  MISSING,
  WRONG_TYPE,
  /** A text is empty after cleaning. */
  EMPTY,
  /** A question to which the data set gives no answer. */
  NO_ANSWER,
  TOO_LONG,
  /** The rest of a file that cannot be read. */
  BROKEN_FILE;

  /** As {@code not-utf8}. */
  String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
