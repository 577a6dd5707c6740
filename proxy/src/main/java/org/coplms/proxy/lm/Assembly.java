package org.coplms.proxy.lm;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;

/** Puts a family's parts together around named parameters. */
final class Assembly {
  private final LmConfig config;
  private final ModuleNames names;
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
              config.order(),
              norm(block + names.attention().norm()),
              attention(block, config.window().covers(layer)),
              norm(block + names.feedForward().norm()),
              feedForward(block)));
    }
    return List.copyOf(blocks);
  }

  InputLayer input() {
    ModuleNames.Input input = names.input();
    return new InputLayer(
        weight(input.embedding()),
        config.embeddingSize() == config.hiddenSize() ? null : linear(input.projection()),
        names.normsEmbeddings() ? norm(input.norm()) : new Norm.None(),
        weight(input.positions()),
        config.family().parts().positionOffset());
  }

  Norm finalNorm() {
    return config.order() == BlockOrder.NORM_LAST ? new Norm.None() : norm(names.output().norm());
  }

  OutputLayer output() {
    ModuleNames.Output output = names.output();
    return new OutputLayer(
        config.embeddingSize() == config.hiddenSize() ? null : linear(output.projection()),
        weight(config.tiedEmbeddings() ? names.input().embedding() : output.head()));
  }

  private Attention attention(String block, boolean windowed) {
    ModuleNames.Attention attention = names.attention();
    Attention.HeadNorms norms =
        names.normsQueriesAndKeys()
            ? new Attention.HeadNorms(
                norm(block + attention.queryNorm()), norm(block + attention.keyNorm()))
            : new Attention.HeadNorms(new Norm.None(), new Norm.None());
    Linear output = linear(block + attention.output());
    return new Attention(projection(block), norms, output, config, windowed);
  }

  private Attention.Projection projection(String block) {
    ModuleNames.Attention attention = names.attention();
    return switch (config.family().parts().projection()) {
      case SEPARATE ->
          new Attention.Separate(
              linear(block + attention.query()),
              linear(block + attention.key()),
              linear(block + attention.value()));
      case FUSED -> new Attention.Fused(linear(block + attention.query()));
      case FUSED_BY_HEAD ->
          new Attention.FusedByHead(linear(block + attention.query()), config.numHeads());
    };
  }

  private FeedForward feedForward(String block) {
    Activation activation = Activation.named(config.activation());
    Linear up = linear(block + names.feedForward().up());
    Linear down = linear(block + names.feedForward().down());
    return names.isGated()
        ? new FeedForward.Gated(linear(block + names.feedForward().gate()), up, down, activation)
        : new FeedForward.Plain(up, down, activation);
  }

  private Norm norm(String module) {
    NDArray weight = weight(module);
    return config.family().parts().rmsNorm()
        ? new Norm.Rms(weight, config.normEpsilon())
        : new Norm.Layer(weight, parameters.get(module + ".bias"), config.normEpsilon());
  }

  private Linear linear(String module) {
    return new Linear(
        module, config.family().parts().layout(), weight(module), parameters.get(module + ".bias"));
  }

  /** Null where the model has no such module. */
  private NDArray weight(String module) {
    return parameters.get(module + ".weight");
  }
}
