package org.coplms.proxy.train;

import ai.djl.ndarray.NDArray;
import java.util.SortedMap;

/** Which parameters a phase trains. */
public final class Trainables {
  private Trainables() {}

  /** Lets autograd record these parameters, or freezes them. */
  public static void require(SortedMap<String, NDArray> parameters, boolean gradient) {
    parameters.values().forEach(parameter -> parameter.setRequiresGradient(gradient));
  }
}
