package org.coplms.dataprep.files;

import java.io.Serializable;
import org.coplms.dataprep.Problems;

/**
 * Names of a record's fields; {@code meta.topic} is the field {@code topic} in the object {@code
 * meta}. An empty name means that there is no such field. Layouts other than {@link Layout#COLUMNS}
 * know their own prompt and response and read the other three where a record has them.
 *
 * @param response a string or a list of strings, all of them references; where records lack it, the
 *     same name with an s is read
 * @param domain read when the domain comes from {@link DomainFrom#COLUMN}
 * @param id a string or whole number that names the record, optional in each record
 * @param device the edge device that owns the record, optional in each record
 */
public record Columns(String prompt, String response, String domain, String id, String device)
    implements Serializable {
  public Columns {
    Problems problems = new Problems();
    problems.require(isName(prompt), "prompt must name a field");
    problems.require(isName(response), "response must name a field");
    problems.require(
        domain != null && id != null && device != null,
        "domain, id and device must name a field or be empty");
    problems.throwIfAny();
  }

  /** {@code prompt}, {@code response} or {@code responses}, {@code domain}, {@code id}. */
  public static Columns defaults() {
    return new Columns("prompt", "response", "domain", "id", "");
  }

  private static boolean isName(String name) {
    return name != null && !name.isBlank();
  }
}
