package org.coplms.jobs.notebook;

import java.io.File;
import java.util.List;
import java.util.regex.Pattern;
import jdk.jshell.JShell;
import jdk.jshell.Snippet;
import jdk.jshell.SnippetEvent;
import jdk.jshell.SourceCodeAnalysis.CompletionInfo;

/** Runs a notebook's cells one after another in this JVM, as a Java kernel does. */
final class JavaCells implements AutoCloseable {
  private final JShell shell = JShell.builder().executionEngine("local").build();

  JavaCells() {
    Pattern.compile(File.pathSeparator, Pattern.LITERAL)
        .splitAsStream(System.getProperty("java.class.path"))
        .forEach(shell::addToClasspath);
  }

  /**
   * Runs every statement of a cell.
   *
   * @throws AssertionError at the first one that does not compile or that throws
   */
  void run(String cell) {
    String rest = cell;
    while (!rest.isBlank()) {
      CompletionInfo next = shell.sourceCodeAnalysis().analyzeCompletion(rest);
      if (!next.completeness().isComplete()) {
        throw new AssertionError("Incomplete code in a cell: " + rest);
      }
      shell.eval(next.source()).forEach(this::requireSuccess);
      rest = next.remaining();
    }
  }

  /** The value of a variable, as JShell shows it. */
  String value(String variable) {
    return shell
        .variables()
        .filter(candidate -> candidate.name().equals(variable))
        .map(shell::varValue)
        .findFirst()
        .orElseThrow(() -> new AssertionError("No cell declared " + variable));
  }

  private void requireSuccess(SnippetEvent event) {
    String source = event.snippet().source();
    if (event.exception() != null) {
      throw new AssertionError("A cell threw at: " + source, event.exception());
    }
    if (event.status() != Snippet.Status.VALID) {
      throw new AssertionError(
          "A cell does not compile (%s): %s%n%s"
              .formatted(event.status(), problems(event), source));
    }
  }

  private List<String> problems(SnippetEvent event) {
    return shell.diagnostics(event.snippet()).map(d -> d.getMessage(null)).toList();
  }

  @Override
  public void close() {
    shell.close();
  }
}
