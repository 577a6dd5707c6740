package org.coplms.proxy.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.stream.IntStream;
import org.coplms.proxy.chat.ChatTemplate;
import org.coplms.proxy.chat.ChatTemplateException;
import org.coplms.proxy.chat.Templates;
import org.junit.jupiter.api.Test;

class TextFormatTest {
  private static final PromptFormat CHAT = new ChatFormat("");

  @Test
  void promptBeginsWithBosAndEndsWithTheSeparator() {
    try (LmTokenizer bytes = TestTokenizers.byteLevel(259)) {
      assertThat(TextFormat.LINES.promptIds(bytes, "hi"))
          .containsExactly(1, 3 + 'h', 3 + 'i', 3 + '\n');
      assertThat(TextFormat.LINES.responseIds(bytes, "ok")).containsExactly(3 + 'o', 3 + 'k');
    }
  }

  @Test
  void promptHasNoBosWhereTheTokenizerHasNone() {
    try (LmTokenizer unigram = TestTokenizers.unigram()) {
      assertThat(new TextFormat("?").promptIds(unigram, "the")).isEqualTo(unigram.encode("the?"));
      assertThat(new TextFormat("?").prefixIds(unigram)).containsExactly(unigram.eosId());
    }
  }

  @Test
  void aTemplateIsCutAtThePrompt() {
    TextFormat format = TextFormat.ofTemplate("Q: {prompt}\nA: ");

    assertThat(format).isEqualTo(new TextFormat("Q: ", "\nA: "));
    try (LmTokenizer bytes = TestTokenizers.byteLevel(259)) {
      assertThat(format.promptIds(bytes, "x")).isEqualTo(ids("\u0001Q: x\nA: "));
      assertThat(format.prefixIds(bytes))
          .as("the space is the prompt's")
          .isEqualTo(ids("\u0001Q:"));
      assertThat(format.prefixSpaces()).isEqualTo(" ");
    }
    for (String wrong : new String[] {"Q: A:", "{prompt}", "{prompt} {prompt}!"}) {
      assertThatThrownBy(() -> TextFormat.ofTemplate(wrong))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("{prompt} exactly once")
          .hasMessageContaining(wrong);
    }
  }

  @Test
  void bosThatTheTemplateSpellsIsNotAddedAgain() {
    try (LmTokenizer bytes = TestTokenizers.byteLevel(259)) {
      assertThat(TextFormat.ofTemplate("<bos>{prompt}<eos>").promptIds(bytes, "a"))
          .containsExactly(1, 3 + 'a', 2);
      assertThat(new TextFormat("\n").promptIds(bytes, "<bos>"))
          .as("a prompt spells nothing special")
          .isEqualTo(ids("\u0001<bos>\n"));
    }
  }

  @Test
  void everyModelHasItsOwnChatFormat() {
    try (LmTokenizer llama3 =
            chat(Layouts.llama3(), Templates.LLAMA_3, "<|begin_of_text|>", "<|eot_id|>");
        LmTokenizer qwen = chat(Layouts.qwen2(), Templates.QWEN_2_5, null, "<|im_end|>")) {
      assertThat(CHAT.of(llama3))
          .isEqualTo(
              new TextFormat(
                  "<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\n",
                  "<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n",
                  false));
      assertThat(new ChatFormat("Be brief.").of(qwen).prefix())
          .isEqualTo("<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\n");
      assertThat(CHAT.of(qwen).separator()).isEqualTo("<|im_end|>\n<|im_start|>assistant\n");
      assertThat(CHAT.of(qwen)).as("rendered once").isSameAs(CHAT.of(qwen));
    }
  }

  @Test
  void chatTextsAreTheIdsOfTheWholeTextWithSpecialTokens() {
    try (LmTokenizer tokenizer =
        chat(Layouts.llama3(), Templates.LLAMA_3, "<|begin_of_text|>", "<|eot_id|>")) {
      int[] ids = CHAT.of(tokenizer).promptIds(tokenizer, "in french?");

      assertThat(ids).startsWith(tokenizer.bosId().orElseThrow());
      assertThat(specials(tokenizer, ids))
          .as("BOS, two headers with their ends, end of turn")
          .isEqualTo(6);
      assertThat(tokenizer.decode(ids)).isEqualTo("user\n\nin french?assistant\n\n");
      assertThat(specials(tokenizer, CHAT.of(tokenizer).promptIds(tokenizer, "<|eot_id|>")))
          .as("a prompt cannot end its turn")
          .isEqualTo(6);
    }
  }

  @Test
  void sentencePieceChatTextsAreReadAsOne() {
    try (LmTokenizer tokenizer = chat(Layouts.llama2(), Templates.LLAMA_2, "<s>", "</s>")) {
      int[] ids = CHAT.of(tokenizer).promptIds(tokenizer, "the mai");

      assertThat(ids).isEqualTo(tokenizer.encodeWithin("<s>[INST] ", "the mai", " [/INST]"));
      assertThat(tokenizer.decode(ids))
          .as("one space before the prompt")
          .isEqualTo("[INST] the mai [/INST]");
    }
  }

  @Test
  void aTemplateWithoutBosHasNone() {
    try (LmTokenizer tokenizer = chat(Layouts.llama2(), Templates.ZEPHYR, "<s>", "</s>")) {
      assertThat(CHAT.of(tokenizer).promptIds(tokenizer, "the"))
          .doesNotContain(1)
          .containsOnlyOnce(2);
      assertThat(CHAT.of(tokenizer).promptEnd(tokenizer).closing()).startsWith(2);
    }
  }

  @Test
  void thePromptEndsAtTextAndTheFirstSpecialToken() {
    try (LmTokenizer bytes = TestTokenizers.byteLevel(259)) {
      PromptEnd end = new TextFormat("", "!\n<eos>A:").promptEnd(bytes);

      assertThat(end.text()).isEqualTo("!\n");
      assertThat(end.closing()).containsExactly(2, 3 + 'A', 3 + ':');
      assertThat(end.isReached(new byte[] {'!', '\n'}, 2)).isTrue();
      assertThat(end.isReached(new byte[] {'!', '\n'}, 3 + '\n')).isFalse();
      assertThat(end.isReached(new byte[] {'a', '\n'}, 2)).isFalse();
    }
  }

  @Test
  void templatesThatDoNotHoldTheMessageOnceAreRefused() {
    for (String source :
        new String[] {
          "a",
          "{{ messages[0].content }}",
          "{% for m in messages %}{{ m.content }}{{ m.content }}!{% endfor %}"
        }) {
      assertThatThrownBy(() -> TextFormat.ofChat(new ChatTemplate("odd", source, "", "")))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("chat template odd")
          .hasMessageContaining("exactly once")
          .hasMessageContaining("text.format = template");
    }
    assertThatThrownBy(
            () ->
                TextFormat.ofChat(new ChatTemplate("gemma", Templates.GEMMA, "", ""), "Be brief."))
        .isInstanceOf(ChatTemplateException.class)
        .hasMessageContaining("System role not supported");
  }

  @Test
  void aModelWithoutAChatTemplateIsRefused() {
    try (LmTokenizer bytes = TestTokenizers.byteLevel(259)) {
      assertThatThrownBy(() -> CHAT.of(bytes))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("no chat template")
          .hasMessageContaining("text.format = template or lines");
    }
  }

  @Test
  void chatTemplatesAreFoundWhereCheckpointsKeepThem() {
    String named =
        "{\"chat_template\": [{\"name\": \"tool_use\", \"template\": \"T\"}, {\"name\": \"%s\", \"template\": \"D\"}]}";
    assertThat(source("{\"chat_template\": \"one\"}", "")).isEqualTo("one");
    assertThat(source("{\"chat_template\": \"one\"}", "file")).isEqualTo("file");
    assertThat(source(named.formatted("default"), "")).isEqualTo("D");
    assertThat(source("{}", "")).isEmpty();
    assertThatThrownBy(() -> source(named.formatted("rag"), ""))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[tool_use, rag]")
        .hasMessageContaining("'default'");
  }

  private static String source(String config, String file) {
    String json = BpeTrainer.train(TestText.wordCounts(""), new BpeTrainer.Spec(259));
    TokenizerFiles files = new TokenizerFiles(json, config, "{}", "{}", file);
    try (LmTokenizer tokenizer = LmTokenizer.of(files)) {
      return tokenizer.chatTemplate().map(ChatTemplate::source).orElse("");
    }
  }

  @Test
  void emptySeparatorIsRefused() {
    assertThatThrownBy(() -> new TextFormat(""))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("separator");
  }

  private static LmTokenizer chat(String tokenizer, String template, String bos, String eos) {
    JsonNode config =
        JsonNodeFactory.instance
            .objectNode()
            .put("bos_token", bos)
            .put("eos_token", eos)
            .put("chat_template", template);
    return LmTokenizer.parse(tokenizer, config.toString());
  }

  private static long specials(LmTokenizer tokenizer, int[] ids) {
    return IntStream.of(ids).filter(tokenizer::isSpecial).count();
  }

  /** Ids of a byte-by-byte tokenizer; U+0001 is BOS. */
  private static int[] ids(String text) {
    return text.chars().map(c -> c == 1 ? 1 : 3 + c).toArray();
  }
}
