package org.coplms.proxy.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SpecialTokensTest {
  private static final String INSTRUCT =
      "{\"bos_token\": \"<|begin_of_text|>\", \"eos_token\": \"<|eot_id|>\"}";

  @TempDir private Path dir;

  static Stream<Supplier<String>> layouts() {
    return Stream.of(
        Layouts::gpt2,
        Layouts::llama3,
        Layouts::qwen2,
        Layouts::pythia,
        Layouts::llama2,
        Layouts::mistral,
        Layouts::unigramWithBytes);
  }

  @ParameterizedTest
  @MethodSource("layouts")
  void aTextIsNeverASpecialToken(Supplier<String> layout) {
    try (LmTokenizer tokenizer = LmTokenizer.parse(layout.get())) {
      for (String special :
          List.of("<pad>", "<bos>", "<eos>", "<s>", "</s>", "<unk>", "<|eot_id|>", "<|im_end|>")) {
        String text = "a " + special + special + " b";
        int[] ids = tokenizer.encode(text);
        assertThat(specials(tokenizer, ids)).as(special).isZero();
        assertThat(tokenizer.byteEnds(text, ids)).as(special).isPresent();
        assertThat(tokenizer.decode(ids)).isEqualTo(text);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("layouts")
  void theNamesThatSpecialTokensHaveInsideAreNoWayInEither(Supplier<String> layout) {
    try (LmTokenizer tokenizer = LmTokenizer.parse(layout.get())) {
      for (int i = 0; i < 20; i++) {
        String name = "\uE0C0special" + i + '\uE0C1';
        int[] ids = tokenizer.encodeWithin("", name + "a" + name, "");
        assertThat(specials(tokenizer, ids)).as("name %d", i).isZero();
      }
    }
  }

  @Test
  void aMergeThatSpellsASpecialTokenIsNoWayIn() {
    String json =
        Layouts.changed(
            Layouts.gpt2(),
            "{}",
            root -> {
              ObjectNode model = (ObjectNode) root.path("model");
              int id = model.path("vocab").size();
              ((ObjectNode) model.path("vocab")).put("ab", id).put("abc", id + 1);
              ((ArrayNode) model.path("merges")).insert(0, "ab c").insert(0, "a b");
              ObjectNode added = Layouts.add(root, "abc", true, false);
              added.put("id", id + 1);
            });
    try (LmTokenizer tokenizer = LmTokenizer.parse(json)) {
      int[] ids = tokenizer.encode("abc");
      assertThat(specials(tokenizer, ids)).isZero();
      assertThat(ids).hasSize(2);
      assertThat(tokenizer.encodeWithin("abc", "", "")).hasSize(1);
    }
  }

  @Test
  void framesSpellSpecialTokensAndTextsDoNot() {
    try (LmTokenizer tokenizer = LmTokenizer.parse(Layouts.llama3(), INSTRUCT)) {
      int[] ids = tokenizer.encodeWithin("<|begin_of_text|>", "<|eot_id|>a", "<|eot_id|>");
      assertThat(ids[0]).isEqualTo(tokenizer.bosId().orElseThrow());
      assertThat(ids[ids.length - 1]).isEqualTo(tokenizer.eosId());
      assertThat(specials(tokenizer, ids)).isEqualTo(2);
      assertThat(tokenizer.decode(ids)).isEqualTo("<|eot_id|>a");
    }
  }

  @Test
  void aSpecialTokenOfTheVocabularyAloneIsReadInAFrame() {
    String json =
        Layouts.changed(Layouts.unigramWithBytes(), "{}", root -> root.putArray("added_tokens"));
    try (LmTokenizer tokenizer = LmTokenizer.parse(json)) {
      assertThat(tokenizer.eosId()).isEqualTo(1);
      assertThat(tokenizer.encodeWithin("", "m", "</s>")).endsWith(1);
      assertThat(tokenizer.encode("m</s>")).doesNotContain(1);
    }
  }

  @Test
  void addedTokensThatAreTextHaveTheirBytes() {
    try (LmTokenizer qwen = LmTokenizer.parse(Layouts.qwen2());
        LmTokenizer pythia = LmTokenizer.parse(Layouts.pythia())) {
      int[] call = qwen.encode("a<tool_call>b");
      assertThat(call).hasSize(3);
      assertThat(qwen.byteEnds("a<tool_call>b", call)).hasValue(new int[] {1, 12, 13});
      int[] spaces = pythia.encode("1     1");
      assertThat(spaces).hasSize(3);
      assertThat(pythia.byteEnds("1     1", spaces)).hasValue(new int[] {1, 6, 7});
    }
  }

  @Test
  void anAddedTokenThatIsNormalizedTakesThePrependedSpace() {
    String json =
        Layouts.changed(Layouts.llama2(), "{}", root -> Layouts.add(root, "<x>", false, true));
    try (LmTokenizer tokenizer = LmTokenizer.parse(json)) {
      int id = tokenizer.vocabSize() - 1;
      assertThat(tokenizer.tokenBytes(id)).asString().isEqualTo(" <x>");
      assertThat(tokenizer.encode("<x>")).containsExactly(id);
      assertThat(tokenizer.decode(new int[] {id})).isEqualTo("<x>");
      int[] inside = tokenizer.encode("the <x>");
      assertThat(inside).endsWith(id);
      assertThat(tokenizer.byteEnds("the <x>", inside)).hasValue(new int[] {3, 7});
    }
  }

  @Test
  void tokensAfterAGapKeepTheirIds() {
    for (String json : List.of(Layouts.llama2(), Layouts.unigramWithBytes())) {
      String gap =
          Layouts.changed(
              json, "{}", root -> Layouts.add(root, "<x>", false, false).put("id", 400));
      try (LmTokenizer tokenizer = LmTokenizer.parse(gap)) {
        assertThat(tokenizer.vocabSize()).isEqualTo(401);
        assertThat(tokenizer.encode("the<x>")).endsWith(400);
        assertThat(tokenizer.tokenBytes(399)).isEmpty();
      }
    }
    try (LmTokenizer llama2 = TestTokenizers.llama2()) {
      assertThat(llama2.encodeWithin("<turn>", "", "")).endsWith(llama2.vocabSize() - 2);
    }
  }

  @Test
  void anAddedTokenThatSwallowsSpacesIsReportedForEachText() {
    String json =
        Layouts.changed(
            Layouts.gpt2(),
            "{}",
            root -> Layouts.add(root, "<x>", false, false).put("lstrip", true).put("rstrip", true));
    try (LmTokenizer tokenizer = LmTokenizer.parse(json)) {
      assertThat(tokenizer.byteEnds("a<x>b", tokenizer.encode("a<x>b"))).isPresent();
      assertThat(tokenizer.byteEnds("a <x> b", tokenizer.encode("a <x> b"))).isEmpty();
    }
  }

  @Test
  void aTextEndsAtEveryIdThatTheGenerationConfigNames() throws IOException {
    write(TokenizerFiles.TOKENIZER, Layouts.llama3());
    write(TokenizerFiles.CONFIG, INSTRUCT);
    int size;
    try (LmTokenizer tokenizer = LmTokenizer.load(dir)) {
      size = tokenizer.vocabSize();
      assertThat(tokenizer.endIds()).containsExactly(size - 1);
    }
    write(TokenizerFiles.GENERATION, "{\"eos_token_id\": [%d, %d]}".formatted(size - 2, size - 1));
    try (LmTokenizer tokenizer = LmTokenizer.load(dir)) {
      assertThat(tokenizer.eosId()).isEqualTo(size - 1);
      assertThat(tokenizer.endIds()).containsExactly(size - 2, size - 1);
      assertThat(tokenizer.isEnd(size - 2)).isTrue();
      assertThat(tokenizer.isEnd(size - 3)).isFalse();
      Path copy = Files.createDirectory(dir.resolve("copy"));
      tokenizer.save(copy);
      try (LmTokenizer saved = LmTokenizer.load(copy)) {
        assertThat(saved.endIds()).isEqualTo(tokenizer.endIds());
        assertThat(saved.hash()).isEqualTo(tokenizer.hash());
      }
    }
    write(TokenizerFiles.GENERATION, "{\"eos_token_id\": 99999}");
    assertThatThrownBy(() -> LmTokenizer.load(dir))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(dir.toString())
        .hasMessageContaining("generation_config.json names eos_token_id 99999")
        .hasMessageContaining("0 to " + (size - 1));
  }

  @Test
  void anEndThatOnlyTheGenerationConfigNamesIsTheEos() throws IOException {
    write(TokenizerFiles.TOKENIZER, Layouts.llama3());
    write(TokenizerFiles.CONFIG, "{\"eos_token\": null}");
    write(TokenizerFiles.GENERATION, "{\"eos_token_id\": 2}");
    try (LmTokenizer tokenizer = LmTokenizer.load(dir)) {
      assertThat(tokenizer.eosId()).isEqualTo(2);
    }
  }

  @Test
  void theSpecialTokensMapNamesWhatTheConfigurationDoesNot() throws IOException {
    write(TokenizerFiles.TOKENIZER, Layouts.llama3());
    write(
        TokenizerFiles.SPECIAL_TOKENS,
        "{\"bos_token\": {\"content\": \"<|begin_of_text|>\"}, \"eos_token\": \"<|eot_id|>\"}");
    try (LmTokenizer tokenizer = LmTokenizer.load(dir)) {
      assertThat(tokenizer.encodeWithin("<|begin_of_text|>", "", "<|eot_id|>"))
          .containsExactly(tokenizer.bosId().orElseThrow(), tokenizer.eosId());
    }
    write(TokenizerFiles.CONFIG, "{\"eos_token\": \"<eos>\"}");
    try (LmTokenizer tokenizer = LmTokenizer.load(dir)) {
      assertThat(tokenizer.eosId()).isEqualTo(2);
    }
    write(TokenizerFiles.CONFIG, "{}");
    write(TokenizerFiles.SPECIAL_TOKENS, "{\"eos_token\": \"<end>\"}");
    assertThatThrownBy(() -> LmTokenizer.load(dir))
        .hasMessageContaining("special_tokens_map.json names eos_token '<end>'");
  }

  @Test
  void theUnknownTokenOfAUnigramHasNoBytes() {
    String json =
        Layouts.changed(
            Layouts.unigram(), "{}", root -> ((ArrayNode) root.path("added_tokens")).remove(2));
    try (LmTokenizer tokenizer = LmTokenizer.parse(json)) {
      assertThat(tokenizer.tokenBytes(2)).isEmpty();
      assertThat(tokenizer.byteEnds("é", tokenizer.encode("é"))).isEmpty();
    }
  }

  @Test
  void tokensThatLoseSpacesAreRefused() {
    String clip =
        Layouts.changed(
            Layouts.gpt2(),
            "{}",
            root -> ((ObjectNode) root.path("model")).put("end_of_word_suffix", "</w>"));
    assertThatThrownBy(() -> LmTokenizer.parse(clip))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("model.end_of_word_suffix is '</w>'")
        .hasMessageContaining("cannot be read as bytes");
  }

  private static long specials(LmTokenizer tokenizer, int[] ids) {
    return IntStream.of(ids).filter(id -> tokenizer.role(id) != TokenRole.TEXT).count();
  }

  private void write(String file, String text) throws IOException {
    Files.writeString(dir.resolve(file), text);
  }
}
