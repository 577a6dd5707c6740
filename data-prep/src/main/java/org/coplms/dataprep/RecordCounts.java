package org.coplms.dataprep;

/**
 * What became of the records read; every record is one of accepted, duplicate, quarantined.
 *
 * @param accepted distinct and usable
 * @param duplicates same domain and same normalised prompt as an accepted one
 * @param quarantined unusable and set aside
 * @param unused accepted, but asked for by no split
 */
public record RecordCounts(
    long read, long accepted, long duplicates, long quarantined, long unused) {
  public RecordCounts {
    if (accepted + duplicates + quarantined != read || unused > accepted) {
      throw new IllegalArgumentException(
          "accepted %d + duplicates %d + quarantined %d must be the %d records read, with at most the accepted unused, got %d"
              .formatted(accepted, duplicates, quarantined, read, unused));
    }
  }
}
