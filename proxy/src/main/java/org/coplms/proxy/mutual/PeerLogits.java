package org.coplms.proxy.mutual;

import java.io.ByteArrayOutputStream;
import java.util.Collection;
import java.util.Map;

/**
 * What a peer model said about a set of texts, in the logit cache's bytes.
 *
 * @param codec K and vocabulary of the rows
 * @param temperature T at which the log-probabilities were taken
 * @param rows encoded rows of each text by its key, one row for each counted position
 */
public record PeerLogits(TopKCodec codec, double temperature, Map<String, byte[]> rows) {
  public PeerLogits {
    rows = Map.copyOf(rows);
  }

  /**
   * The rows of several texts, one after the other.
   *
   * @throws IllegalArgumentException when a text is not in the cache
   */
  public TopK of(Collection<String> keys) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (String key : keys) {
      byte[] encoded = rows.get(key);
      if (encoded == null) {
        throw new IllegalArgumentException(
            "The logit cache has no rows for example %s; compute the cache again".formatted(key));
      }
      bytes.writeBytes(encoded);
    }
    return codec.decode(bytes.toByteArray());
  }
}
