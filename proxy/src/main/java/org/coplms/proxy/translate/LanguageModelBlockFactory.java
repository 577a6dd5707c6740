package org.coplms.proxy.translate;

import ai.djl.Model;
import ai.djl.nn.Block;
import ai.djl.nn.BlockFactory;
import java.nio.file.Path;
import java.util.Map;

/**
 * Makes the block of a folder for DJL's {@code Criteria}.
 *
 * <p>DJL finds it by the line {@code blockFactory} of the folder's {@code serving.properties},
 * which exports have. DJL would then look for a file of parameters of its own; {@code
 * option.hasParameter=false} says that there is none.
 */
public final class LanguageModelBlockFactory implements BlockFactory {
  private static final long serialVersionUID = 1L;

  @Override
  public Block newBlock(Model model, Path modelPath, Map<String, ?> arguments) {
    return LanguageModelBlock.open(modelPath, model.getNDManager());
  }
}
