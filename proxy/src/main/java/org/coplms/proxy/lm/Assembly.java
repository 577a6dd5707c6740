package org.coplms.proxy.lm;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;

/** Puts a family's parts together around named parameters. */
final class Assembly {
  private final LmConfig config;
  private final Family.Names names;
  private final SortedMap<String, NDArray> parameters;

  Assembly(LmConfig config, SortedMap<String, NDArray> parameters) {
    this.config = config;
    this.names = config.family().names();
    this.parameters = parameters;
  }

  List<DecoderBlock> blocks() {
    List<DecoderBlock> blocks = new ArrayList<>();
    for (int layer = 0; layer < config.numLayers(); layer++) {
      String block = names.block(layer);
      blocks.add(
          new DecoderBlock(
              norm(block + names.attentionNorm()),
              new Attention(projection(block), linear(block + names.attentionOutput()), config),
              norm(block + names.feedForwardNorm()),
              feedForward(block)));
    }
    return List.copyOf(blocks);
  }

  Norm finalNorm() {
    return norm(names.finalNorm());
  }

  NDArray embedding() {
    return parameters.get(names.embedding() + ".weight");
  }

  /** (P, H), or null where positions are rotary. */
  NDArray positions() {
    return parameters.get(names.positions() + ".weight");
  }

  /** (V, H). */
  NDArray head() {
    return config.tiedEmbeddings() ? embedding() : parameters.get(names.head() + ".weight");
  }

  private Attention.Projection projection(String block) {
    if (config.family().parts().fusedAttention()) {
      return new Attention.Fused(linear(block + names.query()));
    }
    return new Attention.Separate(
        linear(block + names.query()), linear(block + names.key()), linear(block + names.value()));
  }

  private FeedForward feedForward(String block) {
    Activation activation = Activation.named(config.activation());
    Linear up = linear(block + names.up());
    Linear down = linear(block + names.down());
    return config.family().parts().gated()
        ? new FeedForward.Gated(linear(block + names.gate()), up, down, activation)
        : new FeedForward.Plain(up, down, activation);
  }

  private Norm norm(String module) {
    NDArray weight = parameters.get(module + ".weight");
    return config.family().parts().rmsNorm()
        ? new Norm.Rms(weight, config.normEpsilon())
        : new Norm.Layer(weight, parameters.get(module + ".bias"), config.normEpsilon());
  }

  private Linear linear(String module) {
    return new Linear(
        module,
        config.family().parts().layout(),
        parameters.get(module + ".weight"),
        parameters.get(module + ".bias"));
  }
}
