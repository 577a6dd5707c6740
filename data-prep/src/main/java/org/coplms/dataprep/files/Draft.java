package org.coplms.dataprep.files;

import java.util.List;
import java.util.Optional;

/**
 * What a layout makes of a record, before cleaning.
 *
 * @param domain the layout's own, where it has one
 * @param id the layout's own, where it has one
 * @param responses at least one
 */
record Draft(Optional<String> domain, Optional<String> id, String prompt, List<String> responses) {
  Draft {
    responses = List.copyOf(responses);
  }

  static Draft of(String prompt, List<String> responses) {
    return new Draft(Optional.empty(), Optional.empty(), prompt, responses);
  }

  Draft withDomain(Optional<String> own) {
    return new Draft(own, id, prompt, responses);
  }

  Draft withId(Optional<String> own) {
    return new Draft(domain, own, prompt, responses);
  }

  /** Two paragraphs, or one where the second is missing. */
  static String paragraphs(String first, Optional<String> second) {
    return second.map(text -> first + "\n\n" + text).orElse(first);
  }
}
