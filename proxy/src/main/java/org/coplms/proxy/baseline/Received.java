package org.coplms.proxy.baseline;

import java.util.Arrays;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.coplms.proxy.cotune.KeptState;
import org.coplms.proxy.tensor.HostTensor;

/** A device's state after it took over what the server sent in place of its tuned tensors. */
public final class Received {
  private static final String TUNED = "slm";
  private static final String MOMENTS = "adam/";

  private Received() {}

  /**
   * The state with other tuned tensors and without the optimizer's moments, which belong to the
   * weights that are gone; the domain adapter stays.
   *
   * @param tensors by the names of the tuned tensors; none leaves the state as it is
   * @throws IllegalArgumentException when names or shapes are not those of the tuned tensors
   */
  public static KeptState into(KeptState state, SortedMap<String, HostTensor> tensors) {
    if (tensors.isEmpty()) {
      return state;
    }
    requireSame(state.group(TUNED), tensors);
    SortedMap<String, HostTensor> all = new TreeMap<>(state.tensors());
    all.keySet().removeIf(name -> name.startsWith(MOMENTS));
    KeptState.putGroup(all, TUNED, tensors);
    return new KeptState(all, state.rehearsal(), state.tokens(), state.seen());
  }

  /** The state that has also seen these prompts, which the server trained its tensors on. */
  public static KeptState withSeen(KeptState state, SortedSet<Long> prompts) {
    SortedSet<Long> seen = new TreeSet<>(state.seen());
    seen.addAll(prompts);
    return new KeptState(state.tensors(), state.rehearsal(), state.tokens(), seen);
  }

  private static void requireSame(
      SortedMap<String, HostTensor> tuned, SortedMap<String, HostTensor> received) {
    if (!tuned.keySet().equals(received.keySet())) {
      throw new IllegalArgumentException(
          "Received tensors %s, the SLM tunes %s; server and device need one SLM and one cotune.edge.slm"
              .formatted(received.keySet(), tuned.keySet()));
    }
    received.forEach(
        (name, tensor) -> {
          if (!Arrays.equals(tensor.shape(), tuned.get(name).shape())) {
            throw new IllegalArgumentException(
                "Received tensor '%s' has shape %s, the SLM's has %s"
                    .formatted(
                        name,
                        Arrays.toString(tensor.shape()),
                        Arrays.toString(tuned.get(name).shape())));
          }
        });
  }
}
