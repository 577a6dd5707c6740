package org.coplms.proxy.chat;

import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.LegacyOverrides;
import com.hubspot.jinjava.el.JinjavaInterpreterResolver;
import com.hubspot.jinjava.interpret.Context.Library;
import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.interpret.RenderResult;
import com.hubspot.jinjava.interpret.TemplateError;
import com.hubspot.jinjava.lib.filter.Filter;
import com.hubspot.jinjava.lib.fn.ELFunctionDefinition;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import jinjava.javax.el.CompositeELResolver;
import jinjava.javax.el.ELResolver;

/**
 * Jinjava, set up to render as transformers sets up Python's Jinja2: block tags trimmed, strings
 * with Python's methods, values never read as templates, no other templates or resources.
 */
final class Jinja {
  private static final int LONGEST_OUTPUT = 1 << 20;
  private static final Jinjava ENGINE = engine();

  private Jinja() {}

  /**
   * Renders a template.
   *
   * @param name names it in errors
   * @throws ChatTemplateException on its first error, with the line
   */
  static String render(String name, String source, Map<String, Object> values) {
    RenderResult result = ENGINE.renderForResult(Dialect.toJinjava(source), values);
    if (!result.getErrors().isEmpty()) {
      throw failure(name, source, result.getErrors().get(0));
    }
    return result.getOutput();
  }

  private static ChatTemplateException failure(String name, String source, TemplateError error) {
    int line = line(source, error);
    for (Throwable cause = error.getException(); cause != null; cause = cause.getCause()) {
      if (cause instanceof Refusal) {
        return new ChatTemplateException(
            "The chat template %s refuses this conversation, line %d: %s"
                .formatted(name, line, cause.getMessage()),
            error.getException());
      }
    }
    return new ChatTemplateException(
        "The chat template %s cannot be rendered, line %d: %s; use text.format = template with the text that the model expects"
            .formatted(name, line, error.getMessage()),
        error.getException());
  }

  /** The error's line; for tags that are off, of which it has none, where the first one stands. */
  private static int line(String source, TemplateError error) {
    int at = source.indexOf(Objects.toString(error.getFieldName(), ""));
    return error.getLineno() > 0 || at < 0
        ? error.getLineno()
        : 1 + (int) source.substring(0, at).chars().filter(c -> c == '\n').count();
  }

  private static Jinjava engine() {
    LegacyOverrides asPython =
        LegacyOverrides.newBuilder()
            .withEvaluateMapKeys(true)
            .withIterateOverMapKeys(true)
            .withUseNaturalOperatorPrecedence(true)
            .withAllowAdjacentTextNodes(true)
            .withUseTrimmingForNotesAndExpressions(true)
            .withKeepNullableLoopValues(true)
            .build();
    Jinjava engine =
        new Jinjava(
            JinjavaConfig.newBuilder()
                .withTrimBlocks(true)
                .withLstripBlocks(true)
                .withNestedInterpretationEnabled(false)
                .withMaxOutputSize(LONGEST_OUTPUT)
                .withElResolver(resolver())
                .withLegacyOverrides(asPython)
                .withDisabled(Map.of(Library.TAG, Set.of("include", "import", "from", "extends")))
                .build());
    engine
        .getGlobalContext()
        .registerFunction(new ELFunctionDefinition("", "raise_exception", raise()));
    engine.getGlobalContext().registerFilter(new StripFilter());
    return engine;
  }

  private static ELResolver resolver() {
    CompositeELResolver resolvers = new CompositeELResolver();
    resolvers.add(new PythonStringResolver());
    resolvers.add(JinjavaInterpreterResolver.DEFAULT_RESOLVER_READ_ONLY);
    return resolvers;
  }

  private static Method raise() {
    try {
      Method method = Jinja.class.getDeclaredMethod("raise", String.class);
      method.setAccessible(true);
      return method;
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What a template calls to refuse a conversation. */
  @SuppressWarnings("DoNotCallSuggester") // templates call it
  static Object raise(String message) {
    throw new Refusal(message);
  }

  private static final class Refusal extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    Refusal(String message) {
      super(message);
    }
  }

  /** Jinja2's {@code trim}, which strips what Python's {@code strip()} does. */
  private static final class StripFilter implements Filter {
    @Override
    public String getName() {
      return "trim";
    }

    @Override
    public Object filter(Object value, JinjavaInterpreter interpreter, String... arguments) {
      return PythonStrings.strip(Objects.toString(value, ""), null);
    }
  }
}
