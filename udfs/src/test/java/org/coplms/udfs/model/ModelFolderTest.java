package org.coplms.udfs.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.coplms.proxy.train.BaseModel;
import org.coplms.udfs.TinyWorld;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("spark")
class ModelFolderTest {
  private static TinyWorld world;

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    world = TinyWorld.start("local[1]");
  }

  @AfterAll
  static void stop() {
    world.close();
  }

  @Test
  void readsBackWhatWasWritten() {
    ModelLocation location = world.model(folder, 263, 2, 6);
    BaseModel model = ModelFolder.read(location.path(), world.files());
    assertThat(model.hash()).isEqualTo(location.revision());
    assertThat(model.config().numLayers()).isEqualTo(2);
    assertThat(model.tokenizer().vocabSize()).isEqualTo(model.config().vocabSize());
    ModelFolder.writeTokenizer(folder + "/copy", model.tokenizer(), world.files());
    ModelFolder.writeModel(folder + "/copy", model.config(), model.weights(), world.files());
    for (String name : ModelFolder.FILES) {
      assertThat(folder.resolve("copy").resolve(name)).hasSameBinaryContentAs(folder.resolve(name));
    }
  }

  @Test
  void isCompleteOnlyWithItsWeights() throws Exception {
    world.model(folder, 259, 1, 6);
    assertThat(ModelFolder.isComplete(folder.toString(), world.files())).isTrue();
    Files.delete(folder.resolve("model.safetensors"));
    assertThat(ModelFolder.isComplete(folder.toString(), world.files())).isFalse();
    assertThatThrownBy(() -> ModelFolder.read(folder.toString(), world.files()))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("model.safetensors");
  }

  @Test
  void refusesATokenizerThatIsLargerThanTheModelsVocabulary() throws Exception {
    world.model(folder.resolve("small"), 259, 1, 6);
    world.model(folder.resolve("large"), 264, 1, 6);
    Files.delete(folder.resolve("small/tokenizer.json"));
    Files.copy(folder.resolve("large/tokenizer.json"), folder.resolve("small/tokenizer.json"));
    assertThatThrownBy(() -> ModelFolder.read(folder.resolve("small").toString(), world.files()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the tokenizer has 264 ids, the model's vocab_size is 259");
  }

  @Test
  void theCacheReadsAModelOnceHoweverManyTasksAsk() throws Exception {
    ModelLocation location = world.model(folder, 259, 1, 7);
    List<BaseModel> models =
        IntStream.range(0, 16)
            .parallel()
            .mapToObj(i -> ModelCache.get(location, world.files()))
            .toList();
    assertThat(models).allSatisfy(model -> assertThat(model).isSameAs(models.get(0)));
    Files.delete(folder.resolve("model.safetensors"));
    assertThat(ModelCache.get(location, world.files())).isSameAs(models.get(0));
  }

  @Test
  void anotherRevisionIsReadAnew() {
    ModelLocation before = world.model(folder, 259, 1, 7);
    BaseModel old = ModelCache.get(before, world.files());
    ModelLocation after = world.model(folder, 259, 1, 8);
    assertThat(ModelCache.get(after, world.files()).hash())
        .isEqualTo(after.revision())
        .isNotEqualTo(old.hash());
  }
}
