package org.coplms.proxy.merge;

import java.io.Serializable;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.coplms.proxy.tensor.HostTensor;

/**
 * The outcome of one merge.
 *
 * @param theta the next θ by PEFT name; unmodifiable
 * @param report how exact it is
 */
public record Merged(SortedMap<String, HostTensor> theta, MergeReport report)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  public Merged {
    theta = Collections.unmodifiableSortedMap(new TreeMap<>(theta));
  }
}
