package org.coplms.proxy.translate;

import ai.djl.Model;
import ai.djl.modality.Input;
import ai.djl.modality.Output;
import ai.djl.translate.TranslateException;
import ai.djl.translate.Translator;
import ai.djl.translate.TranslatorFactory;
import ai.djl.util.Pair;
import java.io.Serializable;
import java.lang.reflect.Type;
import java.util.Map;
import java.util.Set;

/**
 * Prompts in, answers out: from {@code String} to {@code String}, or from {@code Input} to {@code
 * Output} as DJL Serving has them.
 *
 * <p>How it answers stands in the arguments, from {@code serving.properties} or the {@code
 * Criteria}; see {@link GenerationArguments}.
 */
public final class TextGenerationTranslatorFactory implements TranslatorFactory, Serializable {
  private static final long serialVersionUID = 1L;

  @Override
  public Set<Pair<Type, Type>> getSupportedTypes() {
    return Set.of(new Pair<>(String.class, String.class), new Pair<>(Input.class, Output.class));
  }

  /**
   * @throws TranslateException when the types are others, or the model's block is not ours
   */
  @Override
  public <I, O> Translator<I, O> newInstance(
      Class<I> input, Class<O> output, Model model, Map<String, ?> arguments)
      throws TranslateException {
    if (!(model.getBlock() instanceof LanguageModelBlock block)) {
      throw new TranslateException(
          "Text generation needs a block of %s; name it as blockFactory in serving.properties or with optArgument"
              .formatted(LanguageModelBlockFactory.class.getName()));
    }
    GenerationArguments generation = GenerationArguments.of(arguments);
    Translator<?, ?> translator =
        input == String.class && output == String.class
            ? TextGenerationTranslator.ofText(block, generation)
            : TextGenerationTranslator.ofRequests(block, generation);
    return cast(input, output, translator);
  }

  @SuppressWarnings("unchecked")
  private <I, O> Translator<I, O> cast(Class<I> input, Class<O> output, Translator<?, ?> translator)
      throws TranslateException {
    if (!isSupported(input, output)) {
      throw new TranslateException(
          "Text generation goes from String to String or from Input to Output, not from %s to %s"
              .formatted(input.getName(), output.getName()));
    }
    return (Translator<I, O>) translator;
  }
}
