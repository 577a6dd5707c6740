package org.coplms.proxy.cotune;

import java.util.List;
import java.util.SortedMap;
import org.coplms.proxy.tensor.HostTensor;

/**
 * What a round leaves on an edge device.
 *
 * @param theta θ after the round: the part that may travel
 * @param state stays on the device
 * @param examples private examples that were learned from
 */
public record EdgeResult(
    SortedMap<String, HostTensor> theta,
    KeptState state,
    long examples,
    List<Metrics.Row> metrics) {}
