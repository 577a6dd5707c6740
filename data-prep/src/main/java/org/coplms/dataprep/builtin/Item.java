package org.coplms.dataprep.builtin;

import java.util.List;
import org.apache.spark.sql.Row;
import org.coplms.dataprep.files.RecordSchema;

/**
 * A question with its references.
 *
 * @param item names the fact within its domain
 * @param responses at least one, without white space at the ends
 */
public record Item(String domain, String item, String prompt, List<String> responses) {
  public Item {
    responses = List.copyOf(responses);
  }

  /** As a record that was read. */
  public Row record() {
    return RecordSchema.made(domain, item, prompt, responses);
  }
}
