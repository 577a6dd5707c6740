package org.coplms.proxy.baseline;

import java.io.Serializable;
import org.coplms.proxy.cotune.EdgeTask;
import org.coplms.proxy.train.Checks;

/**
 * What one edge device is asked to do in one round, without a proxy.
 *
 * @param edge seed, round, device and settings; of the settings those of SLM, batches and the steps
 *     that make the token budget count
 * @param adapter whether the domain adapter learns beside the tuned tensors; otherwise it stays the
 *     no-op that it is at first
 * @param sharedShare share of the batches that is taken from the shared texts, 0 to 1; 1 leaves the
 *     private examples to set the budget only
 */
public record LocalTask(EdgeTask edge, boolean adapter, double sharedShare)
    implements Serializable {
  public LocalTask {
    Checks.share("shared-share", sharedShare);
  }
}
