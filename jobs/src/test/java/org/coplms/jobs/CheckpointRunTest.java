package org.coplms.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.coplms.jobs.cli.Console;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** A whole run of chat models of five families, from checkpoints to exported folders. */
@Tag("spark")
class CheckpointRunTest {
  private static final Path CONFIGURATION =
      Path.of("src", "test", "resources", "checkpoints", "run.conf");

  @TempDir(cleanup = CleanupMode.NEVER)
  static Path folder;

  private static Path run;

  @BeforeAll
  static void runOnce() throws IOException {
    Checkpoints checkpoints = new Checkpoints(folder);
    checkpoints.gptNeox();
    String slms =
        """
        [{type = checkpoint, name = qwen2, path = "%s", dtype = bfloat16},
         {type = checkpoint, name = mistral, path = "%s"},
         {type = checkpoint, name = gpt-neox, path = "%s", adapter = "%s"},
         {type = checkpoint, name = bloom, path = "%s"}]"""
            .formatted(
                checkpoints.qwen2(),
                checkpoints.mistral(),
                checkpoints.folder("gpt_neox"),
                checkpoints.adapter(),
                checkpoints.bloom());
    run = folder.resolve("run");
    List<String> flags = new ArrayList<>(List.of("--conf", CONFIGURATION.toString()));
    flags.addAll(List.of("-D", "models.slms=" + slms));
    flags.addAll(
        List.of(
            "-D",
            "models.llm={type = checkpoint, name = llm, path = \"%s\"}"
                .formatted(checkpoints.llama())));
    flags.addAll(List.of("-D", "models.cache=" + folder.resolve("cache")));
    flags.addAll(List.of("-D", "data.source.path=" + examples()));
    command("prepare", flags.toArray(String[]::new));
    for (String stage : List.of("pretrain", "distill", "cotune", "evaluate", "report")) {
      command(stage);
    }
  }

  private static Path examples() throws IOException {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      lines.add(example("sums", "what is %d and %d?".formatted(i, i + 1), "" + (2 * i + 1)));
      lines.add(
          example("parity", "is the number %d even?".formatted(i), i % 2 == 0 ? "yes" : "no"));
    }
    lines.add(example("sums", "what does <|eot_id|> mean?", "<|im_end|>"));
    return Files.write(folder.resolve("examples.jsonl"), lines);
  }

  private static String example(String domain, String prompt, String response) {
    return "{\"domain\": \"%s\", \"prompt\": \"%s\", \"response\": \"%s\"}"
        .formatted(domain, prompt, response);
  }

  private static void command(String name, String... options) {
    assertThat(TinyRun.recorded(name, run.toString(), "local[2]", options))
        .as(name)
        .isEqualTo(new Console.Outcome(0, List.of()));
  }

  @Test
  void everyStageLeavesWhatItShould() {
    assertThat(run.resolve("report/index.html")).isNotEmptyFile();
  }
}
