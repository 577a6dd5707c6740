package org.coplms.proxy.baseline;

import java.io.Serializable;
import org.coplms.proxy.merge.ProxyUpdate;

/**
 * What leaves an edge device in federated averaging.
 *
 * @param group devices with the same SLM have the same number
 * @param update the tuned tensors of its SLM, which stands for the proxy here
 */
public record LocalUpdate(int group, ProxyUpdate update) implements Serializable {
  public int deviceId() {
    return update.deviceId();
  }
}
