package org.coplms.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.sql.Encoders;
import org.coplms.jobs.pipeline.Pipeline;
import org.coplms.jobs.pipeline.RunContext;
import org.coplms.jobs.pipeline.Stage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandLineInterfaceTest {
  @TempDir Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private Path run;
  private RunContext seen;

  @BeforeEach
  void chooseARun() {
    run = folder.resolve("run");
  }

  @Test
  void showsHelpOfTheWholeAndOfEachCommand() {
    assertThat(coplms(context -> {}, "--help")).isZero();
    assertThat(out.toString()).contains("prepare", "evaluate", "quickstart");
    assertThat(coplms(context -> {}, "prepare", "--help")).isZero();
    assertThat(out.toString())
        .contains("--conf", "--run", "--master", "-D", "--stacktrace", "runs/default");
  }

  @Test
  void showsVersions() {
    assertThat(coplms(context -> {}, "--version")).isZero();
    assertThat(out.toString()).contains("Spark 3.5.7", "DJL 0.35.1", "PyTorch 2.7.1");
  }

  @Test
  void refusesWhatItDoesNotKnowInOneLine() {
    assertThat(coplms(context -> {})).isEqualTo(2);
    assertThat(coplms(context -> {}, "prepare", "--speed")).isEqualTo(2);
    assertThat(coplms(context -> {}, "prepare", "-D", "seed")).isEqualTo(2);
    assertThat(err.toString().lines())
        .hasSize(3)
        .allMatch(line -> line.startsWith("error: ") && line.endsWith("--help`"));
  }

  @Test
  void refusesAWrongSettingBeforeAnythingIsWritten() {
    assertThat(prepare(context -> {}, "-D", "seeds=3")).isEqualTo(2);
    assertThat(err.toString())
        .isEqualTo("error: coplms.seeds: unknown key; did you mean coplms.seed? (flag -D seeds)\n");
    assertThat(run).doesNotExist();
  }

  @Test
  void refusesALaterStageWhereThereIsNoRun() {
    assertThat(coplms(context -> {}, "evaluate", "--run", run.toString())).isEqualTo(2);
    assertThat(err.toString()).startsWith("error: there is no run in " + run);
    assertThat(run).doesNotExist();
  }

  @Test
  @Tag("spark")
  void runsAStageInAnOpenedRun() {
    assertThat(prepare(context -> seen = context, "--master", "local[1]", "-D", "seed=42"))
        .isZero();
    assertThat(seen.settings().seed()).isEqualTo(42);
    assertThat(run.resolve("run.json")).isRegularFile();
    assertThat(run.resolve("stages/prepare.json")).isRegularFile();
    assertThat(seen.spark().sparkContext().isStopped()).isTrue();
  }

  @Test
  @Tag("spark")
  void laterCommandsTakeTheConfigurationOfTheRun() {
    assertThat(prepare(context -> {}, "-D", "seed=42")).isZero();
    assertThat(
            coplms(
                context -> seen = context,
                "evaluate",
                "--run",
                run.toString(),
                "--master",
                "local[1]"))
        .isZero();
    assertThat(seen.settings().seed()).isEqualTo(42);
  }

  @Test
  @Tag("spark")
  void refusesARunFolderOfAnotherConfiguration() {
    assertThat(prepare(context -> {}, "-D", "seed=42")).isZero();
    assertThat(prepare(context -> {}, "-D", "seed=43")).isEqualTo(2);
    assertThat(err.toString().strip().lines().toList())
        .last()
        .asString()
        .contains("another configuration: seed was 42, is now 43");
  }

  @Test
  @Tag("spark")
  void aUsersErrorInsideATaskIsOneLine() {
    assertThat(
            prepare(
                context ->
                    context
                        .spark()
                        .range(3)
                        .map(new Failing("line 7 of data.jsonl is no JSON"), Encoders.LONG())
                        .collectAsList(),
                "--master",
                "local[2]"))
        .isEqualTo(2);
    assertThat(errorLines()).containsExactly("error: line 7 of data.jsonl is no JSON");
    assertThat(run.resolve("stages/prepare.json")).doesNotExist();
  }

  @Test
  @Tag("spark")
  void aMissingTableIsOneLine() {
    assertThat(prepare(context -> context.spark().read().parquet("/no/where").show())).isEqualTo(2);
    assertThat(errorLines()).singleElement().asString().contains("/no/where");
  }

  @Test
  @Tag("spark")
  void aMissingFileIsOneLine() {
    Work missing =
        context -> {
          throw new UncheckedIOException(new NoSuchFileException("model/config.json"));
        };
    assertThat(prepare(missing)).isEqualTo(2);
    assertThat(errorLines()).containsExactly("error: File not found: model/config.json");
  }

  @Test
  @Tag("spark")
  void anUnexpectedErrorSaysWhereItsStackTraceIs() throws Exception {
    Work broken =
        context -> {
          throw new IllegalStateException("lost my way");
        };
    assertThat(prepare(broken)).isEqualTo(1);
    String line = errorLines().get(0);
    assertThat(line).startsWith("error: unexpected IllegalStateException: lost my way; ");
    Path log = Path.of(line.replaceAll(".* is in ", ""));
    assertThat(log).hasParent(run.resolve("logs"));
    assertThat(Files.readString(log)).contains("lost my way", "CommandLineInterfaceTest");
  }

  @Test
  @Tag("spark")
  void anUnexpectedErrorIsOneLineHoweverLongItsMessage() {
    Work broken =
        context -> {
          throw new IllegalStateException("wrapped", new IOException("first\nsecond"));
        };
    assertThat(prepare(broken)).isEqualTo(1);
    assertThat(errorLines())
        .singleElement()
        .asString()
        .startsWith("error: unexpected IOException: first; ");
  }

  @Test
  @Tag("spark")
  void anErrorOfTheMachineIsReportedToo() {
    Work broken =
        context -> {
          throw new OutOfMemoryError("Java heap space");
        };
    assertThat(prepare(broken)).isEqualTo(2);
    assertThat(errorLines()).singleElement().asString().contains("COPLMS_HEAP");
  }

  @Test
  @Tag("spark")
  void showsTheStackTraceOnRequest() {
    Work broken =
        context -> {
          throw new IllegalArgumentException("too small");
        };
    assertThat(prepare(broken, "--stacktrace")).isEqualTo(2);
    assertThat(err.toString())
        .contains("at org.coplms.jobs.cli.CommandLineInterfaceTest")
        .endsWith("error: too small\n");
  }

  private int prepare(Work work, String... options) {
    String[] args = new String[options.length + 3];
    args[0] = "prepare";
    args[1] = "--run";
    args[2] = run.toString();
    System.arraycopy(options, 0, args, 3, options.length);
    return coplms(work, args);
  }

  private int coplms(Work work, String... args) {
    Pipeline pipeline =
        Pipeline.of(
            new TestStage("prepare", List.of(), work),
            new TestStage("evaluate", List.of("prepare"), work));
    return new CommandLineInterface(pipeline)
        .run(new PrintWriter(out, true), new PrintWriter(err, true), args);
  }

  private List<String> errorLines() {
    return err.toString().lines().toList();
  }

  private interface Work {
    void run(RunContext context);
  }

  private record TestStage(String name, List<String> after, Work work) implements Stage {
    @Override
    public void run(RunContext context) {
      work.run(context);
    }
  }

  private record Failing(String message) implements MapFunction<Long, Long> {
    @Override
    public Long call(Long value) {
      throw new IllegalArgumentException(message);
    }
  }
}
