package org.coplms.proxy.translate;

import ai.djl.modality.Input;
import ai.djl.modality.Output;
import ai.djl.ndarray.NDList;
import ai.djl.translate.Batchifier;
import ai.djl.translate.Translator;
import ai.djl.translate.TranslatorContext;
import java.util.List;
import java.util.function.Function;
import org.coplms.proxy.lm.Generator;

/**
 * Answers prompts, a batch at once.
 *
 * <p>Generation is a loop of forward passes over a cache, so it happens here and not in DJL's
 * single call of the block: no array goes in, and DJL does not call a block without input.
 */
final class TextGenerationTranslator<I, O> implements Translator<I, O> {
  private static final String PROMPTS = "prompts";

  private final LanguageModelBlock block;
  private final GenerationArguments generation;
  private final Function<I, String> prompt;
  private final Function<String, O> answer;

  private TextGenerationTranslator(
      LanguageModelBlock block,
      GenerationArguments generation,
      Function<I, String> prompt,
      Function<String, O> answer) {
    this.block = block;
    this.generation = generation;
    this.prompt = prompt;
    this.answer = answer;
  }

  static Translator<String, String> ofText(
      LanguageModelBlock block, GenerationArguments generation) {
    return new TextGenerationTranslator<>(
        block, generation, Function.identity(), Function.identity());
  }

  /** A request's content is the prompt; a reply's is the answer. */
  static Translator<Input, Output> ofRequests(
      LanguageModelBlock block, GenerationArguments generation) {
    return new TextGenerationTranslator<>(
        block, generation, input -> input.getData().getAsString(), TextGenerationTranslator::reply);
  }

  private static Output reply(String answer) {
    Output output = new Output();
    output.addProperty("Content-Type", "text/plain; charset=UTF-8");
    output.add(answer);
    return output;
  }

  /** Only its being there counts: it makes DJL hand over whole batches. */
  @Override
  public Batchifier getBatchifier() {
    return Batchifier.STACK;
  }

  @Override
  public NDList batchProcessInput(TranslatorContext context, List<I> inputs) {
    context.setAttachment(PROMPTS, inputs.stream().map(prompt).toList());
    return new NDList();
  }

  @Override
  @SuppressWarnings("unchecked") // what batchProcessInput attached
  public List<O> batchProcessOutput(TranslatorContext context, NDList list) {
    List<String> prompts = (List<String>) context.getAttachment(PROMPTS);
    List<String> answers =
        block.generate(
            model ->
                new Generator(model, block.tokenizer(), generation.format())
                    .answer(prompts, generation.decoding(), generation.seed()));
    return answers.stream().map(answer).toList();
  }

  @Override
  public NDList processInput(TranslatorContext context, I input) {
    return batchProcessInput(context, List.of(input));
  }

  @Override
  public O processOutput(TranslatorContext context, NDList list) {
    return batchProcessOutput(context, list).get(0);
  }
}
