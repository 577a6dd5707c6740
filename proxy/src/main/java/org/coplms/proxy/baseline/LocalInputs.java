package org.coplms.proxy.baseline;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.coplms.proxy.cotune.KeptState;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.train.BaseModel;
import org.coplms.proxy.train.Example;

/**
 * What a device holds at the start of a round.
 *
 * @param examples its private training examples
 * @param shared texts that every device has, such as public ones; empty for none
 * @param received what the server sent in place of the tuned tensors, empty for nothing; the
 *     optimizer's moments belong to other weights then and start anew
 * @param state what the device kept of the last round, empty in the first
 */
public record LocalInputs(
    BaseModel slm,
    List<Example> examples,
    List<Example> shared,
    SortedMap<String, HostTensor> received,
    Optional<KeptState> state) {

  /** The next round's, when nothing is received. */
  public LocalInputs after(KeptState state) {
    return new LocalInputs(slm, examples, shared, Collections.emptySortedMap(), Optional.of(state));
  }
}
