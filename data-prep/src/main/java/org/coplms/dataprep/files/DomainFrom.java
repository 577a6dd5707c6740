package org.coplms.dataprep.files;

/** Where a record's domain comes from. */
public enum DomainFrom {
  /**
   * The layout's own (Dolly's category, SQuAD's title, MMLU's subject, the first category of
   * natural-instructions, BIG-bench's task), else the field that {@link Columns} names.
   */
  COLUMN,
  /** The file's name without extensions. */
  FILE,
  /** Nowhere: the domain is null, a later stage finds it. */
  DISCOVER
}
