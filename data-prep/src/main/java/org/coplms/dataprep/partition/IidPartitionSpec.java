package org.coplms.dataprep.partition;

import java.util.Arrays;
import java.util.SortedMap;

/** Equal shares of every domain: devices differ by at most one item in each, and in all. */
public record IidPartitionSpec() implements PartitionSpec {
  private static final long serialVersionUID = 1L;

  @Override
  public String kind() {
    return "iid";
  }

  /** The domains' remainders go round, so that the totals differ by at most one, too. */
  @Override
  public SortedMap<String, long[]> draw(DomainItems all, int draw) {
    int devices = all.devices();
    long[] next = new long[1];
    return all.each(
        (domain, items) -> {
          long[] sizes = new long[devices];
          Arrays.fill(sizes, items / devices);
          for (long i = 0; i < items % devices; i++) {
            sizes[(int) (next[0]++ % devices)]++;
          }
          return sizes;
        });
  }

  @Override
  public boolean isDrawn() {
    return false;
  }
}
