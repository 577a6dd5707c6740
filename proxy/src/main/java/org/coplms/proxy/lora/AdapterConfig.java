package org.coplms.proxy.lora;

import java.io.Serializable;

/**
 * The domain adapter of every block.
 *
 * @param width size of its hidden layer
 */
public record AdapterConfig(int width) implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Checks the range. */
  public AdapterConfig {
    if (width <= 0) {
      throw new IllegalArgumentException("adapter.width must be positive, got " + width);
    }
  }
}
