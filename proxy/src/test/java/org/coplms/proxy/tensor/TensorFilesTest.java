package org.coplms.proxy.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TensorFilesTest {
  private static final SortedMap<String, HostTensor> TENSORS = tensors();

  @TempDir Path dir;

  @Test
  void oneFileHoldsWhatFitsIntoAShard() {
    write(100);

    assertThat(dir).isDirectoryContaining("glob:**/model.safetensors");
    assertThat(dir.resolve(TensorFiles.INDEX)).doesNotExist();
    assertThat(TensorFiles.open(dir.resolve(TensorFiles.SINGLE)).toHost()).isEqualTo(TENSORS);
  }

  @Test
  void shardsAreFilledByNameAndReadBackAsOne() throws IOException {
    write(40); // a: 24 bytes, b: 16, c: 48 alone, d: 4

    assertThat(Files.readString(dir.resolve(TensorFiles.INDEX)))
        .isEqualToIgnoringWhitespace(
            """
            {"metadata": {"total_size": 92}, "weight_map": {
              "a": "model-00001-of-00003.safetensors", "b": "model-00001-of-00003.safetensors",
              "c": "model-00002-of-00003.safetensors", "d": "model-00003-of-00003.safetensors"}}
            """);
    assertThat(sharded().toHost()).isEqualTo(TENSORS);
    assertThat(sharded().sha256()).isEqualTo(Safetensors.sha256(TENSORS));
  }

  @Test
  void theFormOfTheFilesDoesNotChangeTheHash() {
    write(100);

    assertThat(TensorFiles.open(dir.resolve(TensorFiles.SINGLE)).sha256())
        .isEqualTo(Safetensors.sha256(TENSORS));
  }

  @Test
  void selectedTensorsAreWrittenUnderTheirNewNames() {
    write(40);
    Weights selected = sharded().select(new TreeMap<>(Map.of("x", "c", "y", "a")));

    assertThat(selected.toHost()).isEqualTo(Map.of("x", TENSORS.get("c"), "y", TENSORS.get("a")));
    assertThat(selected.parameterCount()).isEqualTo(12 + 6);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> selected.host("a"))
        .withMessageContaining("no tensor a");
  }

  @Test
  void aTensorThatIsInNoShardIsNamed() throws IOException {
    write(40);
    replaceInIndex("\"d\" :", "\"e\" :");

    assertThatIllegalArgumentException()
        .isThrownBy(this::sharded)
        .withMessageContaining("Tensor d of model-00003-of-00003.safetensors is not in")
        .withMessageContaining(TensorFiles.INDEX);
  }

  @Test
  void aTensorThatItsShardLacksIsNamed() throws IOException {
    write(40);
    replaceInIndex("\"d\" :", "\"e\" : \"model-00003-of-00003.safetensors\", \"d\" :");

    assertThatIllegalArgumentException()
        .isThrownBy(this::sharded)
        .withMessageContaining("Tensor e is not in model-00003-of-00003.safetensors, where");
  }

  @Test
  void aTensorThatStandsTwiceIsNamed() {
    write(40);
    Safetensors.write(
        Map.of("d", TENSORS.get("d"), "a", TENSORS.get("a")),
        Map.of(),
        dir.resolve("model-00003-of-00003.safetensors"));

    assertThatIllegalArgumentException()
        .isThrownBy(this::sharded)
        .withMessageContaining("Tensor a stands in model-00003-of-00003.safetensors, but")
        .withMessageContaining("puts it into model-00001-of-00003.safetensors");
  }

  @Test
  void aMissingOrTruncatedShardIsNamed() throws IOException {
    write(40);
    Path second = dir.resolve("model-00002-of-00003.safetensors");
    byte[] bytes = Files.readAllBytes(second);
    Files.write(second, java.util.Arrays.copyOf(bytes, bytes.length - 1));
    assertThatIllegalArgumentException()
        .isThrownBy(this::sharded)
        .withMessageContaining(second.toString())
        .withMessageContaining("c ends at byte 48 of the values, only 47 are there");

    Files.delete(second);
    assertThatThrownBy(this::sharded)
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining(second.toString());
  }

  @Test
  void anIndexThatLeavesItsFolderOrHasNoMapIsRefused() throws IOException {
    write(40);
    replaceInIndex("model-00003-of", "../model-00003-of");
    assertThatIllegalArgumentException()
        .isThrownBy(this::sharded)
        .withMessageContaining("puts tensor d into '../model-00003-of-00003.safetensors'");

    Files.writeString(dir.resolve(TensorFiles.INDEX), "{\"metadata\": {}}");
    assertThatIllegalArgumentException()
        .isThrownBy(this::sharded)
        .withMessageContaining("no weight_map");
    Files.writeString(dir.resolve(TensorFiles.INDEX), "<html>");
    assertThatIllegalArgumentException()
        .isThrownBy(this::sharded)
        .withMessageContaining(TensorFiles.INDEX);
  }

  private void write(long maxShardBytes) {
    TensorFiles.write(
        Weights.of(TENSORS), maxShardBytes, name -> Files.newOutputStream(dir.resolve(name)));
  }

  private Weights sharded() {
    Path index = dir.resolve(TensorFiles.INDEX);
    try {
      return TensorFiles.open(
          WeightIndex.parse(Files.readString(index), index.toString()), dir::resolve);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void replaceInIndex(String from, String to) throws IOException {
    Path index = dir.resolve(TensorFiles.INDEX);
    String json = Files.readString(index);
    assertThat(json).contains(from);
    Files.writeString(index, json.replace(from, to));
  }

  private static SortedMap<String, HostTensor> tensors() {
    SplittableRandom random = new SplittableRandom(1);
    SortedMap<String, HostTensor> tensors = new TreeMap<>();
    tensors.put("a", RandomTensors.uniform(new long[] {2, 3}, 1, random));
    tensors.put("b", RandomTensors.uniform(new long[] {4}, 1, random));
    tensors.put("c", RandomTensors.uniform(new long[] {3, 4}, 1, random));
    tensors.put("d", RandomTensors.uniform(new long[] {1}, 1, random));
    return tensors;
  }
}
