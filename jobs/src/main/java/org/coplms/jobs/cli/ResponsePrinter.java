package org.coplms.jobs.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.stream.Stream;
import org.coplms.proxy.lm.TextListener;

/**
 * Prints responses in the order of their prompts: the first that has not ended as it comes, those
 * after it when its turn comes.
 */
final class ResponsePrinter implements TextListener {
  private final PrintWriter out;
  private final List<String> prompts;
  private final boolean headed;
  private final List<StringBuilder> waiting;
  private final boolean[] ended;
  private int current;

  /**
   * @param headed whether a line with its prompt stands before each response
   */
  ResponsePrinter(PrintWriter out, List<String> prompts, boolean headed) {
    this.out = out;
    this.prompts = List.copyOf(prompts);
    this.headed = headed;
    this.waiting = Stream.generate(StringBuilder::new).limit(prompts.size()).toList();
    this.ended = new boolean[prompts.size()];
    head();
  }

  @Override
  public void heard(int row, String text, boolean last) {
    waiting.get(row).append(text);
    ended[row] |= last;
    while (current < ended.length) {
      StringBuilder ready = waiting.get(current);
      out.print(ready);
      ready.setLength(0);
      if (!ended[current]) {
        break;
      }
      out.println();
      current++;
      head();
    }
    out.flush();
  }

  private void head() {
    if (headed && current < prompts.size()) {
      out.printf("%s> %s%n", current == 0 ? "" : System.lineSeparator(), prompts.get(current));
      out.flush();
    }
  }
}
