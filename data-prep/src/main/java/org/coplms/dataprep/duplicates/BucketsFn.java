package org.coplms.dataprep.duplicates;

import org.apache.spark.sql.api.java.UDF3;

/**
 * (id, text, side) → the buckets of the text.
 *
 * <p>Throws {@link IllegalArgumentException} when one of them is null, unless rows have no sides.
 */
final class BucketsFn implements UDF3<String, String, String, long[]> {
  private static final long serialVersionUID = 1L;

  private final LinkSpec spec;
  private final String idCol;
  private final String textCol;
  private final String sideCol;

  BucketsFn(LinkSpec spec, LinkedColumns columns) {
    this.spec = spec;
    idCol = columns.id();
    textCol = columns.text();
    sideCol = columns.side();
  }

  @Override
  public long[] call(String id, String text, String side) {
    if (id == null) {
      throw new IllegalArgumentException(
          "The column '%s' holds null; every row needs an id of its own".formatted(idCol));
    }
    requireValue(text, textCol, id);
    if (sideCol != null) {
      requireValue(side, sideCol, id);
    }
    return spec.bands().buckets(spec.hashes().of(spec.shingles().occurrences(text)));
  }

  private void requireValue(String value, String column, String id) {
    if (value == null) {
      throw new IllegalArgumentException(
          "The column '%s' holds null in the row with %s '%s'; leave such rows out"
              .formatted(column, idCol, id));
    }
  }
}
