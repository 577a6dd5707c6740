package org.coplms.proxy.chat;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Constructs of published chat templates that Jinjava does not read, in others that it does. No
 * line moves.
 */
final class Dialect {
  private static final Pattern REVERSED = Pattern.compile("([A-Za-z_][\\w.]*)\\[::-1]");
  private static final Pattern GENERATION =
      Pattern.compile("(\\{%[-+]?\\s*)(end)?generation(\\s*[-+]?%})");
  private static final Pattern NAMESPACE = Pattern.compile("\\bnamespace\\(");

  private Dialect() {}

  static String toJinjava(String source) {
    String lines = source.replace("\r\n", "\n");
    // Jinja2 leaves out a template's last line end.
    String template = lines.endsWith("\n") ? lines.substring(0, lines.length() - 1) : lines;
    String forwards = REVERSED.matcher(template).replaceAll("($1|reverse|list)");
    String plain =
        GENERATION
            .matcher(forwards)
            .replaceAll(m -> m.group(1) + (m.group(2) == null ? "if true" : "endif") + m.group(3));
    return bracketNamespaces(plain);
  }

  /** In {@code namespace(n=messages|length - 1)} Jinjava takes {@code n=messages} together. */
  private static String bracketNamespaces(String template) {
    StringBuilder bracketed = new StringBuilder();
    Matcher call = NAMESPACE.matcher(template);
    int from = 0;
    while (from < template.length() && call.find(from)) {
      bracketed.append(template, from, call.end());
      from = appendArguments(template, call.end(), bracketed);
    }
    return bracketed.append(template, from, template.length()).toString();
  }

  /** Appends the arguments with values in brackets; returns where the closing bracket is. */
  private static int appendArguments(String template, int start, StringBuilder out) {
    int depth = 0;
    int argument = start;
    char quote = 0;
    for (int i = start; i < template.length(); i++) {
      char c = template.charAt(i);
      if (quote != 0) {
        i += c == '\\' ? 1 : 0;
        quote = c == quote ? 0 : quote;
      } else if (c == '\'' || c == '"') {
        quote = c;
      } else if (depth == 0 && (c == ',' || c == ')')) {
        out.append(bracketValue(template.substring(argument, i)));
        if (c == ')') {
          return i;
        }
        out.append(c);
        argument = i + 1;
      } else {
        depth += "([{".indexOf(c) >= 0 ? 1 : ")]}".indexOf(c) >= 0 ? -1 : 0;
      }
    }
    out.append(template, argument, template.length());
    return template.length();
  }

  private static String bracketValue(String argument) {
    int equals = argument.indexOf('=');
    return equals < 0
        ? argument
        : argument.substring(0, equals + 1) + "(" + argument.substring(equals + 1) + ")";
  }
}
