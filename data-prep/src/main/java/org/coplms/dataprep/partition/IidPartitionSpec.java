package org.coplms.dataprep.partition;

/** Equal shares of every domain: devices differ by at most one item in each, and in all. */
public record IidPartitionSpec() implements PartitionSpec {
  private static final long serialVersionUID = 1L;

  @Override
  public String kind() {
    return "iid";
  }
}
