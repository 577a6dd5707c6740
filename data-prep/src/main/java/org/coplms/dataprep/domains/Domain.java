package org.coplms.dataprep.domains;

import java.util.List;

/**
 * A domain that was found.
 *
 * @param name of its first terms, unique, fit for a folder or a column's value
 * @param terms the most characteristic ones first
 * @param sampled rows of the sample that are in it
 */
public record Domain(String name, List<String> terms, long sampled) {
  public Domain {
    terms = List.copyOf(terms);
  }
}
