package org.coplms.udfs.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.coplms.proxy.tokenizer.TextFormat;
import org.coplms.proxy.train.OptimizerConfig;
import org.coplms.proxy.train.PretrainConfig;
import org.coplms.udfs.TinyWorld;
import org.coplms.udfs.model.ModelFolder;
import org.coplms.udfs.model.ModelLocation;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("spark")
class PairGenerationTest {
  @TempDir Path folder;

  /** Three chunks in one slice, or in a slice each. */
  @Test
  void thePairsDoNotDependOnTheNumberOfSlices() {
    List<String> one = pairs("local[1]");
    assertThat(one).isNotEmpty().doesNotHaveDuplicates();
    assertThat(pairs("local[3]")).containsExactlyElementsOf(one);
  }

  private List<String> pairs(String master) {
    try (TinyWorld world = TinyWorld.start(master)) {
      ModelLocation model = learned(world, folder.resolve(master.replaceAll("\\W", "")));
      GenerationSpec spec =
          new GenerationSpec(model, TextFormat.LINES, 600, 1.0, 48, 9, world.task());
      return PairGeneration.of(world.context(), spec).collect().stream()
          .map(row -> row.getString(0) + row.getString(2) + "|" + ((String[]) row.get(3))[0])
          .toList();
    }
  }

  /** A random model never ends its answers; a few steps teach it to. */
  private static ModelLocation learned(TinyWorld world, Path folder) {
    world.model(folder, 259, 1, 4);
    OptimizerConfig optimizer = new OptimizerConfig(1e-2, 0, 1, 0, 1);
    PretrainSpec spec =
        new PretrainSpec(
            ModelFolder.read(folder.toString(), world.files()).config().toJson(),
            folder.toString(),
            TextFormat.LINES,
            new PretrainConfig(60, 8, 48, optimizer),
            4,
            world.task());
    String hash = PretrainTask.of(world.questions(1, 12, 1), spec).first();
    return new ModelLocation(folder.toString(), hash);
  }
}
