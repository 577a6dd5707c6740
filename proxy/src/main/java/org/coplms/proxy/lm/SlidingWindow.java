package org.coplms.proxy.lm;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;

/**
 * Which layers see a token and the {@code tokens} − 1 before it, and nothing earlier.
 *
 * @param tokens 0 where no layer has a window
 * @param layers for each layer whether it has; empty where none has
 */
public record SlidingWindow(int tokens, List<Boolean> layers) implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Every layer sees everything before a token. */
  public static final SlidingWindow NONE = new SlidingWindow(0, List.of());

  /** Checks that there are windows if and only if they have a size. */
  public SlidingWindow {
    layers = List.copyOf(layers);
    if (tokens < 0 || (tokens > 0) != layers.contains(true)) {
      throw new IllegalArgumentException(
          "sliding_window must be positive where layers have windows, got %d for %s"
              .formatted(tokens, layers));
    }
  }

  /** A window of so many tokens in layers {@code first} and later; none if there are no such. */
  static SlidingWindow from(int first, int numLayers, int tokens) {
    Boolean[] layers = new Boolean[numLayers];
    Arrays.setAll(layers, layer -> layer >= first);
    return of(tokens, List.of(layers));
  }

  /** A window of so many tokens in some layers. */
  static SlidingWindow of(int tokens, List<Boolean> layers) {
    return layers.contains(true) ? new SlidingWindow(tokens, layers) : NONE;
  }

  boolean covers(int layer) {
    return !layers.isEmpty() && layers.get(layer);
  }

  boolean coversEveryLayer() {
    return !layers.isEmpty() && !layers.contains(false);
  }

  /** The first layer with a window. */
  int first() {
    return layers.indexOf(true);
  }

  /** For a model of these layers of this one. */
  SlidingWindow select(int[] sources) {
    return layers.isEmpty()
        ? NONE
        : of(tokens, Arrays.stream(sources).mapToObj(layers::get).toList());
  }
}
