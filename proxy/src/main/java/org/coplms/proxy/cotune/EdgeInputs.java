package org.coplms.proxy.cotune;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.train.BaseModel;
import org.coplms.proxy.train.Example;

/**
 * What a device holds at the start of a round.
 *
 * @param examples its private training examples
 * @param theta the part of the DPM that travels, as the server sent it
 * @param state what the device kept of the last round, empty in the first
 */
public record EdgeInputs(
    BaseModel slm,
    BaseModel dpm,
    List<Example> examples,
    SortedMap<String, HostTensor> theta,
    Optional<KeptState> state) {}
