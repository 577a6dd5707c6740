package org.coplms.proxy.cotune;

import java.util.List;
import java.util.SortedMap;
import org.coplms.proxy.tensor.HostTensor;

/**
 * What the server's part of a round leaves.
 *
 * @param theta the part of the DPM that travels, as the next round starts from it
 */
public record ServerResult(
    SortedMap<String, HostTensor> theta, KeptState state, List<Metrics.Row> metrics) {}
