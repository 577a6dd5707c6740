package org.coplms.dataprep;

import java.util.List;

/**
 * A question with its references.
 *
 * @param item names the fact within its domain
 * @param responses at least one, without white space at the ends
 */
record Item(String domain, String item, String prompt, List<String> responses) {
  Item {
    responses = List.copyOf(responses);
  }
}
