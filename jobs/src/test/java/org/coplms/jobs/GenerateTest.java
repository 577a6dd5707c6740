package org.coplms.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.coplms.jobs.cli.Console;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** `coplms generate` with the models of a finished tiny run. */
@Tag("spark")
class GenerateTest {
  private static String[] likeEvaluation;
  private static Path run;

  @TempDir Path folder;

  @BeforeAll
  static void runOnce() {
    run = TinyRun.whole();
    likeEvaluation = new String[] {"--model", run.toString(), "--max-new-tokens", "24"};
  }

  @Test
  void aTunedSlmAnswersAsInTheEvaluation() {
    Row predicted = predicted("slm-after", "device = 1");
    String answer =
        generate(with(likeEvaluation, "--device", "1", "--prompt", predicted.getString(0)));

    assertThat(answer.strip()).isEqualTo(predicted.getString(1).strip());
  }

  @Test
  void theServersModelsAnswerAsInTheEvaluation() {
    for (String name : List.of("llm", "dpm")) {
      Row predicted = predicted(name.equals("llm") ? "llm-after" : "dpm", "true");
      String answer =
          generate(with(likeEvaluation, "--model-name", name, "--prompt", predicted.getString(0)));

      assertThat(answer.strip()).as(name).isEqualTo(predicted.getString(1).strip());
    }
  }

  @Test
  void aRunFolderMayBeMoved() throws IOException {
    Path moved = folder.resolve("moved");
    Folders.copy(run, moved);
    Path index = moved.resolve("models/models.json");
    Files.writeString(index, Files.readString(index).replace(run.toString(), "/gone"));

    assertThat(generate("--model", moved.toString(), "--device", "0", "--prompt", "two"))
        .isEqualTo(generate("--model", run.toString(), "--device", "0", "--prompt", "two"));
  }

  @Test
  void severalPromptsAreAnsweredInTheirOrderUnderTheirNames() {
    List<String> options = new ArrayList<>(List.of("--temperature", "1", "--seed", "3"));
    options.addAll(List.of("--model", checkpoint(), "--max-new-tokens", "5"));
    List<String> several = new ArrayList<>(options);
    several.addAll(List.of("--prompt", "a long prompt of some words", "--prompt", "b"));
    List<String> alone = new ArrayList<>(options);
    alone.addAll(List.of("--prompt", "b"));

    String output = generate(several.toArray(String[]::new));

    assertThat(output).startsWith("> a long prompt of some words\n").contains("\n\n> b\n");
    assertThat(output).endsWith("> b\n" + generate(alone.toArray(String[]::new)));
  }

  @Test
  void linesOfStandardInputArePrompts() {
    InputStream before = System.in;
    System.setIn(new ByteArrayInputStream("two\ndreißig\n".getBytes(StandardCharsets.UTF_8)));
    try {
      String both = generate("--model", checkpoint(), "--prompt", "-");

      assertThat(both)
          .isEqualTo(
              generate("--model", checkpoint(), "--prompt", "two")
                  + generate("--model", checkpoint(), "--prompt", "dreißig"));
    } finally {
      System.setIn(before);
    }
  }

  @Test
  void aTableIsAnsweredAsOnTheTerminal() throws IOException {
    Path input = folder.resolve("in.jsonl");
    Files.writeString(input, "{\"q\":\"two\",\"n\":1}\n{\"q\":\"dreißig\",\"n\":2}\n");
    String parquet = folder.resolve("out.parquet").toString();
    String json = folder.resolve("out.jsonl").toString();
    String[] common = {"--model", checkpoint(), "--prompt-column", "q", "--master", "local[2]"};

    generate(
        with(common, "--input", input.toString(), "--output", parquet, "--response-column", "a"));
    generate(
        with(
            common,
            "--input",
            parquet,
            "--output",
            json,
            "--response-column",
            "again",
            "--partitions",
            "2"));

    try (SparkSession spark = TinyRun.session("local[1]", 2)) {
      List<Row> rows = spark.read().json(json).orderBy("n").collectAsList();
      assertThat(rows).hasSize(2);
      assertThat(rows)
          .allSatisfy(
              row ->
                  assertThat(row.<String>getAs("a"))
                      .isEqualTo(row.<String>getAs("again"))
                      .isEqualTo(answerOf(row.getAs("q"))));
    }
  }

  @Test
  void whatCannotBeIsRefusedInOneLine() throws IOException {
    String there = run.toString();
    refused("several models", "--model", there, "--prompt", "x");
    refused("devices 0 to 1, got --device 7", "--model", there, "--device", "7", "--prompt", "x");
    refused("'gpt'", "--model", there, "--model-name", "gpt", "--prompt", "x");
    refused("needs --device", "--model", there, "--model-name", "slm", "--prompt", "x");
    refused(
        "leave it out", "--model", there, "--model-name", "llm", "--device", "0", "--prompt", "x");
    refused("no model folder /no/where", "--model", "/no/where", "--prompt", "x");
    refused("config.json", "--model", folder.toString(), "--prompt", "x");
    refused("no run.json", "--model", checkpoint(), "--device", "0", "--prompt", "x");
    refused("--prompt TEXT or --input", "--model", checkpoint());
    refused("belong together", "--model", checkpoint(), "--input", "x.jsonl");
    refused("no input", "--model", checkpoint(), "--input", "/no.jsonl", "--output", "y");
    refused("leaves no room", "--model", checkpoint(), "--prompt", "word ".repeat(500));
    refused("temperature", "--model", checkpoint(), "--prompt", "x", "--temperature", "-1");
    refused("'warm'", "--model", checkpoint(), "--prompt", "x", "--temperature", "warm");
    refused("batch-size", "--model", checkpoint(), "--prompt", "x", "--batch-size", "0");
    refused("'poem'", "--model", checkpoint(), "--prompt", "x", "--format", "poem");
    refused("float8", "--model", checkpoint(), "--prompt", "x", "--dtype", "float8");
    refused("device must be", "--model", checkpoint(), "--prompt", "x", "--hardware", "tpu");
    refused(
        "Generating needs", "--model", checkpoint(), "--prompt", "x", "--batch-size", "50000000");
    Path input = folder.resolve("in.jsonl");
    Files.writeString(input, "{\"q\":\"two\"}\n");
    String[] table = {"--model", checkpoint(), "--input", input.toString(), "--output"};
    refused("exists", with(table, input.toString()));
    String out = folder.resolve("out").toString();
    refused("no column 'prompt'", with(table, out));
    refused(
        "lower --batch-size or --max-new-tokens",
        with(table, out, "--prompt-column", "q", "--batch-size", "50000000"));
  }

  private static String[] with(String[] first, String... more) {
    List<String> all = new ArrayList<>(List.of(first));
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }

  private static void refused(String named, String... options) {
    List<String> args = new ArrayList<>(List.of("generate"));
    args.addAll(List.of(options));
    Console.Outcome outcome = Console.run(Stages.pipeline(), args);
    assertThat(outcome.exitCode()).as(named).isEqualTo(2);
    assertThat(outcome.errors()).singleElement().asString().startsWith("error: ").contains(named);
  }

  private static String generate(String... options) {
    List<String> args = new ArrayList<>(List.of("generate"));
    args.addAll(List.of(options));
    return Console.output(Stages.pipeline(), args);
  }

  private static String answerOf(String prompt) {
    String printed = generate("--model", checkpoint(), "--prompt", prompt);
    return printed.substring(0, printed.length() - System.lineSeparator().length());
  }

  private static String checkpoint() {
    return run.resolve("models/llm").toString();
  }

  /** Question and prediction of the longest answer of a model. */
  private static Row predicted(String model, String where) {
    try (SparkSession spark = TinyRun.session("local[1]", 2)) {
      return spark
          .read()
          .parquet(run.resolve("predictions").toString())
          .where("model = '%s'".formatted(model))
          .where(where)
          .orderBy(functions.length(functions.col("prediction")).desc(), functions.col("id"))
          .select("question", "prediction")
          .first();
    }
  }
}
