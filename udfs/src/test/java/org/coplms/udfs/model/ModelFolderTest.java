package org.coplms.udfs.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.coplms.proxy.tokenizer.ChatFormat;
import org.coplms.proxy.tokenizer.LmTokenizer;
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
    ModelFolder.writeModel(folder + "/copy", model.config(), model.hostWeights(), world.files());
    for (String name : ModelFolder.files(folder.toString(), world.files())) {
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
  void aTokenizerOfAnOlderFormatIsRefusedWithItsRemedy() throws Exception {
    world.model(folder, 259, 1, 6);
    Files.delete(folder.resolve("tokenizer.json"));
    assertThatThrownBy(() -> ModelFolder.tokenizer(folder.toString(), world.files()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("No tokenizer.json in " + folder);
    Files.write(folder.resolve("tokenizer.model"), new byte[] {-1, 0, 1});
    assertThatThrownBy(() -> ModelFolder.read(folder.toString(), world.files()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("convert it once with Python")
        .hasMessageContaining(folder.toString());
  }

  @Test
  void chatTemplateAndEndsTravelWithTheTokenizer() throws Exception {
    world.model(folder, 259, 1, 6);
    Files.writeString(folder.resolve("chat_template.jinja"), "{{ messages[0].content }}!");
    Files.writeString(folder.resolve("generation_config.json"), "{\"eos_token_id\": [2, 3]}");
    try (LmTokenizer tokenizer = ModelFolder.tokenizer(folder.toString(), world.files())) {
      ModelFolder.writeTokenizer(folder + "/copy", tokenizer, world.files());
    }
    try (LmTokenizer copy = ModelFolder.tokenizer(folder + "/copy", world.files())) {
      assertThat(new ChatFormat("").of(copy).separator()).isEqualTo("!");
      assertThat(copy.endIds()).containsExactly(2, 3);
    }
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
  void theCacheReadsAModelOnceHoweverManyTasksAsk() {
    ModelLocation location = world.model(folder, 259, 1, 7);
    List<BaseModel> models =
        IntStream.range(0, 16)
            .parallel()
            .mapToObj(i -> ModelCache.get(location, world.files()))
            .toList();
    assertThat(models).allSatisfy(model -> assertThat(model).isSameAs(models.get(0)));
    assertThat(ModelCache.get(location, world.files())).isSameAs(models.get(0));
  }

  @Test
  void anotherRevisionIsReadAnew() {
    ModelLocation before = world.model(folder, 259, 1, 7);
    assertThat(ModelCache.get(before, world.files()).hash()).isEqualTo(before.revision());
    ModelLocation after = world.model(folder, 259, 1, 8);
    assertThat(ModelCache.get(after, world.files()).hash())
        .isEqualTo(after.revision())
        .isNotEqualTo(before.revision());
  }

  @Test
  void aModelWhoseFilesWereWrittenAnewIsOpenedAnew() {
    ModelLocation location = world.model(folder, 259, 1, 7);
    BaseModel old = ModelCache.get(location, world.files());
    assertThat(world.model(folder, 259, 1, 7)).isEqualTo(location);
    assertThat(ModelCache.get(location, world.files())).isNotSameAs(old);
    assertThat(ModelCache.get(location, world.files()).hash()).isEqualTo(location.revision());
    assertThatThrownBy(old::hash)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("was replaced, cut or deleted after it was opened");
  }
}
