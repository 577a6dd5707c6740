package org.coplms.proxy.lora;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.coplms.proxy.tensor.HostTensor;

/**
 * The domain adapters of a model in a folder: {@link #CONFIG} says how they compute, {@link
 * #WEIGHTS} holds their tensors.
 *
 * @param tensors by name, such as {@code domain_adapter.layers.0.down.weight}; a copy
 */
public record SavedAdapter(AdapterConfig config, SortedMap<String, HostTensor> tensors) {
  /** Name of the description's file. */
  public static final String CONFIG = "domain_adapter.json";

  /** Name of the tensors' file. */
  public static final String WEIGHTS = "domain_adapter.safetensors";

  private static final JsonMapper JSON = new JsonMapper();
  private static final String WIDTH = "width";
  private static final String UP = ".up.";

  public SavedAdapter {
    tensors = Collections.unmodifiableSortedMap(new TreeMap<>(tensors));
  }

  /**
   * Whether they leave every input as it is, as fresh ones do: all that comes out of Up is zero.
   */
  public boolean changesNothing() {
    return tensors.entrySet().stream()
        .filter(tensor -> tensor.getKey().contains(UP))
        .allMatch(tensor -> isZero(tensor.getValue()));
  }

  private static boolean isZero(HostTensor tensor) {
    for (int i = 0; i < tensor.size(); i++) {
      if (tensor.at(i) != 0) {
        return false;
      }
    }
    return true;
  }

  /** The content of {@link #CONFIG}. */
  public String configJson() {
    ObjectNode json = JSON.createObjectNode();
    json.put("adapter_type", "bottleneck");
    json.put(WIDTH, config.width());
    json.put("norm_epsilon", DomainAdapter.NORM_EPSILON);
    json.put("activation", "gelu");
    json.put("formula", "y = x + up(gelu(down(layer_norm(x))))");
    json.put("placement", "x is a block's feed-forward output, before it is added to the residual");
    return json.toPrettyString() + "\n";
  }

  /** The adapters that {@link #configJson} and the tensors describe. */
  public static SavedAdapter parse(String configJson, SortedMap<String, HostTensor> tensors) {
    try {
      JsonNode json = JSON.readTree(configJson);
      return new SavedAdapter(new AdapterConfig(json.path(WIDTH).asInt()), tensors);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(CONFIG + " is not JSON: " + e.getOriginalMessage(), e);
    }
  }
}
