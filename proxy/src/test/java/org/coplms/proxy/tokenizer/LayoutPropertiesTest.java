package org.coplms.proxy.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Byte tables against the tokenizers library itself, for every layout, over any texts. */
class LayoutPropertiesTest {
  private static final Map<String, Pair> LAYOUTS = new LinkedHashMap<>();

  private record Pair(LmTokenizer ours, HuggingFaceTokenizer library) {}

  @BeforeContainer
  static void open() throws IOException {
    Map<String, String> texts = new LinkedHashMap<>();
    texts.put("gpt2", Layouts.gpt2());
    texts.put("llama3", Layouts.llama3());
    texts.put("qwen2", Layouts.qwen2());
    texts.put("bloom", Layouts.bloom());
    texts.put("pythia", Layouts.pythia());
    texts.put("digits", Layouts.digits());
    texts.put("prefixed", Layouts.prefixed());
    texts.put("llama2", Layouts.llama2());
    texts.put("mistral", Layouts.mistral());
    texts.put("unigram", Layouts.unigram());
    texts.put("unigram-bytes", Layouts.unigramWithBytes());
    texts.put("t5", Layouts.t5());
    for (Map.Entry<String, String> text : texts.entrySet()) {
      HuggingFaceTokenizer library =
          HuggingFaceTokenizer.newInstance(
              new ByteArrayInputStream(text.getValue().getBytes(UTF_8)),
              Map.of("addSpecialTokens", "false", "truncation", "false", "padding", "false"));
      LAYOUTS.put(text.getKey(), new Pair(LmTokenizer.parse(text.getValue()), library));
    }
  }

  @AfterContainer
  static void close() {
    LAYOUTS.values().forEach(pair -> pair.ours().close());
    LAYOUTS.values().forEach(pair -> pair.library().close());
    LAYOUTS.clear();
  }

  @Provide
  Arbitrary<String> texts() {
    return AnyText.texts().filter(text -> !text.contains("▁"));
  }

  @Property(tries = 150)
  void idsAreTheLibrarys(@ForAll("texts") String text) {
    LAYOUTS.forEach(
        (name, pair) ->
            assertThat(pair.ours().encode(text))
                .as(name)
                .containsExactly(
                    Arrays.stream(pair.library().encode(text, false, false).getIds())
                        .mapToInt(Math::toIntExact)
                        .toArray()));
  }

  @Property(tries = 150)
  void bytesOfTheTokensAreTheTexts(@ForAll("texts") String text) {
    for (String name : new String[] {"gpt2", "llama3", "bloom", "digits", "llama2", "mistral"}) {
      assertExact(name, text, text);
    }
    assertExact("unigram-bytes", text, text);
    assertExact("prefixed", text, text);
    String composed = Normalizer.normalize(text, Normalizer.Form.NFC);
    assertExact("qwen2", text, composed);
    assertExact("pythia", text, composed);
  }

  private static void assertExact(String name, String text, String read) {
    LmTokenizer tokenizer = LAYOUTS.get(name).ours();
    int[] ids = tokenizer.encode(text);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Arrays.stream(ids).forEach(id -> bytes.writeBytes(tokenizer.tokenBytes(id)));
    String spelled = bytes.toString(UTF_8);
    boolean prefixed = spelled.length() == read.length() + 1;
    assertThat(prefixed ? spelled.substring(1) : spelled).as(name).isEqualTo(read);
    assertThat(tokenizer.byteEnds(text, ids).isPresent()).as(name).isEqualTo(text.equals(read));
  }

  @Property(tries = 150)
  void decodingIsTheLibrarys(@ForAll("texts") String text) {
    for (String name : new String[] {"gpt2", "llama3", "qwen2", "bloom", "pythia", "llama2"}) {
      Pair pair = LAYOUTS.get(name);
      int[] ids = pair.ours().encode(text);
      assertThat(pair.ours().decode(ids))
          .as(name)
          .isEqualTo(pair.library().decode(Arrays.stream(ids).asLongStream().toArray(), true));
    }
  }

  @Property(tries = 150)
  void whatIsLostIsFound(@ForAll("texts") String text) {
    for (String name : new String[] {"unigram", "t5"}) {
      LmTokenizer tokenizer = LAYOUTS.get(name).ours();
      int[] ids = tokenizer.encode(text);
      String decoded = tokenizer.decode(ids); // without a first space, whosever it was
      if (tokenizer.byteEnds(text, ids).isPresent()) {
        assertThat(text).as(name).isIn(decoded, " " + decoded);
      } else {
        assertThat(text).as(name).isNotEqualTo(decoded);
      }
    }
  }
}
