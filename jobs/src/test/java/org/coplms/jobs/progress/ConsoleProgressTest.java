package org.coplms.jobs.progress;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import org.coplms.jobs.progress.Progress.Task;
import org.junit.jupiter.api.Test;

class ConsoleProgressTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private long millis;

  @Test
  void withoutATerminalSaysALineEveryTenSecondsWithTheTimeLeft() {
    Task task = console(0).start("distill", 100);
    for (int step = 1; step <= 100; step++) {
      millis += 250;
      task.step();
    }
    task.close();
    assertThat(output())
        .isEqualTo(
            """
            distill: 40/100  0:10, 0:15 left
            distill: 80/100  0:20, 0:05 left
            distill: 100/100  0:25
            """);
  }

  @Test
  void onATerminalRedrawsOneLine() {
    Task task = console(60).start("cotune", 4);
    millis += 1000;
    task.step();
    millis += 10; // too soon to be redrawn
    task.detail("loss 2.0");
    millis += 1000;
    task.stepTo(2);
    task.close();
    String blank = "\r" + " ".repeat(59) + "\r";
    assertThat(output())
        .isEqualTo(
            "cotune  [........................] 0/4  0:00"
                + blank
                + "cotune  [######..................] 1/4  0:01, 0:03 left"
                + blank
                + "cotune  [############............] 2/4  0:02, 0:02 left  lo"
                + blank
                + "cotune: 2/4  0:02  loss 2.0\n");
  }

  @Test
  void aLineGoesAboveTheRunningBar() {
    ConsoleProgress progress = console(40);
    Task task = progress.start("x", 0);
    progress.line("hello");
    task.close();
    String blank = "\r" + " ".repeat(39) + "\r";
    assertThat(output())
        .isEqualTo("x  0  0:00" + blank + "hello\n" + "x  0  0:00" + blank + "x: 0  0:00\n");
  }

  @Test
  void neverGoesBack() {
    Task task = console(0).start("x", 10);
    task.stepTo(7);
    task.stepTo(3);
    task.close();
    assertThat(output()).isEqualTo("x: 7/10  0:00\n");
  }

  @Test
  void aTotalThatWasPassedIsNotShown() {
    Task task = console(0).start("x", 10);
    task.stepTo(12);
    task.close();
    assertThat(output()).isEqualTo("x: 12  0:00\n");
  }

  @Test
  void closingTwiceSaysItOnce() {
    Task task = console(0).start("x", 1);
    task.close();
    task.close();
    assertThat(output()).isEqualTo("x: 0/1  0:00\n");
  }

  @Test
  void writesHours() {
    assertThat(ProgressText.clock(Duration.ofSeconds(3_725))).isEqualTo("1:02:05");
    assertThat(ProgressText.clock(Duration.ofSeconds(59))).isEqualTo("0:59");
  }

  private ConsoleProgress console(int width) {
    return new ConsoleProgress(
        new PrintStream(bytes, true, UTF_8), width, () -> java.time.Instant.ofEpochMilli(millis));
  }

  private String output() {
    return bytes.toString(UTF_8).replace(System.lineSeparator(), "\n");
  }
}
