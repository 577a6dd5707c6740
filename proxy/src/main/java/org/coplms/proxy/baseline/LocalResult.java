package org.coplms.proxy.baseline;

import java.util.List;
import java.util.SortedMap;
import org.coplms.proxy.cotune.KeptState;
import org.coplms.proxy.cotune.Metrics;
import org.coplms.proxy.tensor.HostTensor;

/**
 * What a round leaves on an edge device.
 *
 * @param tuned the SLM's tuned tensors, without the domain adapter: what FedAvg uploads
 * @param state stays on the device
 * @param examples private examples that can be learned from
 */
public record LocalResult(
    SortedMap<String, HostTensor> tuned,
    KeptState state,
    long examples,
    List<Metrics.Row> metrics) {}
