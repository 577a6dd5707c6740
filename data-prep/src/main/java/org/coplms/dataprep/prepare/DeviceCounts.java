package org.coplms.dataprep.prepare;

import java.io.Serializable;
import org.coplms.dataprep.Problems;

/** Examples of each device, all in the device's own mixture of domains. */
public record DeviceCounts(int train, int validation, int test) implements Serializable {
  private static final long serialVersionUID = 1L;

  public DeviceCounts {
    Problems problems = new Problems();
    problems.requireAtLeast(1, "train", train);
    problems.requireAtLeast(0, "validation", validation);
    problems.requireAtLeast(0, "test", test);
    problems.throwIfAny();
  }
}
