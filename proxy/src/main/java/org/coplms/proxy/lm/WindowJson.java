package org.coplms.proxy.lm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** {@link SlidingWindow} from and to {@code config.json}, with transformers' defaults. */
final class WindowJson {
  private static final String SIZE = "sliding_window";
  private static final String USED = "use_sliding_window";
  private static final String FIRST = "max_window_layers";
  private static final String LAYERS = "layer_types";
  private static final String WINDOWED = "sliding_attention";
  private static final String FULL = "full_attention";
  private static final int DEFAULT_SIZE = 4096;
  private static final int DEFAULT_FIRST = 28;

  private WindowJson() {}

  static SlidingWindow read(JsonFields root, ConfigKeys.Windows windows, int numLayers) {
    return switch (windows) {
      case NONE -> SlidingWindow.NONE;
      case EVERY_LAYER ->
          size(root) == 0 ? SlidingWindow.NONE : SlidingWindow.from(0, numLayers, size(root));
      case BY_LAYER -> byLayer(root, numLayers);
    };
  }

  private static SlidingWindow byLayer(JsonFields root, int numLayers) {
    int size = root.flag(USED, false) ? size(root) : 0;
    List<Boolean> named = named(root);
    if (size == 0 && named.contains(true)) {
      throw new IllegalArgumentException(
          "layer_types names 'sliding_attention', but use_sliding_window and sliding_window give no window; set both, or name 'full_attention' only");
    }
    if (size == 0) {
      return SlidingWindow.NONE;
    }
    return named.isEmpty()
        ? SlidingWindow.from(root.whole(FIRST, DEFAULT_FIRST), numLayers, size)
        : SlidingWindow.of(size, named);
  }

  /** 0 for null. */
  private static int size(JsonFields root) {
    JsonNode value = root.find(SIZE);
    if (value.isNull()) {
      return 0;
    }
    int size = root.whole(SIZE, DEFAULT_SIZE);
    if (size <= 0) {
      throw new IllegalArgumentException("sliding_window must be positive or null, got " + size);
    }
    return size;
  }

  private static List<Boolean> named(JsonFields root) {
    List<Boolean> layers = new ArrayList<>();
    if (!root.isAbsent(LAYERS)) {
      for (JsonNode type : root.find(LAYERS)) {
        if (!type.asText().equals(WINDOWED) && !type.asText().equals(FULL)) {
          throw new IllegalArgumentException(
              "layer_types: %s is not supported, only '%s' and '%s'"
                  .formatted(type, FULL, WINDOWED));
        }
        layers.add(type.asText().equals(WINDOWED));
      }
    }
    return layers;
  }

  static void write(LmConfig config, ObjectNode root) {
    SlidingWindow window = config.window();
    boolean none = window.layers().isEmpty();
    switch (config.family().keys().windows()) {
      case NONE -> {}
      case EVERY_LAYER -> writeSize(window, root);
      case BY_LAYER -> {
        root.put(USED, !none);
        writeSize(window, root);
        if (!none) {
          root.put(FIRST, window.first());
          ArrayNode types = root.putArray(LAYERS);
          window.layers().forEach(windowed -> types.add(windowed ? WINDOWED : FULL));
        }
      }
    }
  }

  private static void writeSize(SlidingWindow window, ObjectNode root) {
    if (window.layers().isEmpty()) {
      root.putNull(SIZE);
    } else {
      root.put(SIZE, window.tokens());
    }
  }
}
