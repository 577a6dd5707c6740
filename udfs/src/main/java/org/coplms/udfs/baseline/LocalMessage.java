package org.coplms.udfs.baseline;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.coplms.proxy.tensor.HostTensor;
import org.coplms.proxy.train.Example;

/**
 * What the server sends to all devices before they learn.
 *
 * @param texts shared texts, the same for every device
 * @param tensors tuned tensors by the group of their SLM; none leaves a device with its own
 */
public record LocalMessage(List<Example> texts, Map<Integer, SortedMap<String, HostTensor>> tensors)
    implements Serializable {
  public LocalMessage {
    texts = Collections.unmodifiableList(new ArrayList<>(texts));
    tensors = Collections.unmodifiableMap(new TreeMap<>(tensors));
  }

  /** No tensors. */
  public static LocalMessage of(List<Example> texts) {
    return new LocalMessage(texts, Map.of());
  }

  SortedMap<String, HostTensor> tensors(int group) {
    return tensors.getOrDefault(group, Collections.emptySortedMap());
  }
}
