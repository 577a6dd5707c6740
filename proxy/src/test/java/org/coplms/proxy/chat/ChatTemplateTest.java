package org.coplms.proxy.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Expected texts are written by hand from the models' documentation. */
@SuppressWarnings("StringConcatToTextBlock") // line ends stand out
class ChatTemplateTest {
  private static final ChatMessage SYSTEM = new ChatMessage("system", "Be brief.");
  private static final ChatMessage USER = new ChatMessage("user", "Hi there");
  private static final ChatMessage ASSISTANT = new ChatMessage("assistant", "Hello");
  private static final ChatMessage AGAIN = new ChatMessage("user", "Bye");
  private static final List<ChatMessage> TURNS = List.of(SYSTEM, USER, ASSISTANT, AGAIN);

  @Test
  void llama2PutsTheSystemMessageIntoTheFirstTurn() {
    assertThat(render(Templates.LLAMA_2, List.of(USER))).isEqualTo("<s>[INST] Hi there [/INST]");
    assertThat(render(Templates.LLAMA_2, TURNS))
        .isEqualTo(
            "<s>[INST] <<SYS>>\nBe brief.\n<</SYS>>\n\nHi there [/INST] Hello </s><s>[INST] Bye [/INST]");
  }

  @Test
  void llama3WritesHeaders() {
    assertThat(render(Templates.LLAMA_3, List.of(USER)))
        .isEqualTo(
            "<s><|start_header_id|>user<|end_header_id|>\n\nHi there<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n");
    assertThat(render(Templates.LLAMA_3, TURNS))
        .isEqualTo(
            "<s><|start_header_id|>system<|end_header_id|>\n\nBe brief.<|eot_id|>"
                + "<|start_header_id|>user<|end_header_id|>\n\nHi there<|eot_id|>"
                + "<|start_header_id|>assistant<|end_header_id|>\n\nHello<|eot_id|>"
                + "<|start_header_id|>user<|end_header_id|>\n\nBye<|eot_id|>"
                + "<|start_header_id|>assistant<|end_header_id|>\n\n");
  }

  @Test
  void qwen25HasADefaultSystemMessage() {
    assertThat(render(Templates.QWEN_2_5, List.of(USER)))
        .isEqualTo(
            "<|im_start|>system\nYou are helpful.<|im_end|>\n<|im_start|>user\nHi there<|im_end|>\n<|im_start|>assistant\n");
    assertThat(render(Templates.QWEN_2_5, TURNS))
        .isEqualTo(
            "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHi there<|im_end|>\n"
                + "<|im_start|>assistant\nHello<|im_end|>\n<|im_start|>user\nBye<|im_end|>\n<|im_start|>assistant\n");
  }

  @Test
  void qwen3KeepsThoughtsOfTheLastTurnOnly() {
    ChatMessage thinking = new ChatMessage("assistant", "<think>\nhm\n</think>\n\nHello");
    String user = "<|im_start|>user\nHi there<|im_end|>\n";

    assertThat(render(Templates.QWEN_3, List.of(USER))).isEqualTo(user + "<|im_start|>assistant\n");
    assertThat(
            new ChatTemplate("t", Templates.QWEN_3, "", "").render(List.of(USER, thinking), false))
        .isEqualTo(user + "<|im_start|>assistant\n<think>\nhm\n</think>\n\nHello<|im_end|>\n");
    assertThat(render(Templates.QWEN_3, List.of(USER, thinking, AGAIN)))
        .isEqualTo(
            user
                + "<|im_start|>assistant\nHello<|im_end|>\n<|im_start|>user\nBye<|im_end|>\n<|im_start|>assistant\n");
  }

  @Test
  void mistralPutsTheSystemMessageIntoTheLastTurn() {
    assertThat(render(Templates.MISTRAL, List.of(USER))).isEqualTo("<s>[INST] Hi there[/INST]");
    assertThat(render(Templates.MISTRAL, TURNS))
        .isEqualTo("<s>[INST] Hi there[/INST] Hello</s>[INST] Be brief.\n\nBye[/INST]");
  }

  @Test
  void zephyrEndsLinesAsTransformersDoes() {
    assertThat(render(Templates.ZEPHYR, List.of(SYSTEM, USER)))
        .isEqualTo("<|system|>\nBe brief.</s>\n<|user|>\nHi there</s>\n<|assistant|>\n");
  }

  @Test
  void gemmaCallsTheAssistantModel() {
    assertThat(render(Templates.GEMMA, List.of(USER, ASSISTANT, AGAIN)))
        .isEqualTo(
            "<s><start_of_turn>user\nHi there<end_of_turn>\n<start_of_turn>model\nHello<end_of_turn>\n"
                + "<start_of_turn>user\nBye<end_of_turn>\n<start_of_turn>model\n");
  }

  @Test
  void aMessageIsNeverReadAsATemplate() {
    ChatMessage user = new ChatMessage("user", "{{ bos_token }}{% if x %} \\n ü");

    assertThat(render(Templates.QWEN_3, List.of(user))).contains("user\n" + user.content() + "<");
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = "==>",
      quoteCharacter = '`',
      value = {
        "{{ ' ab '.strip() }} ==> ab",
        "{{ 'xxa'.lstrip('x') }} ==> a",
        "{{ 'a.b.c'.split('.')[-1] }} ==> c",
        "{{ 'a.b.c'.split('.', 1)[1] }} ==> b.c",
        "{{ ' a  b '.split()|length }} ==> 2",
        "{{ 'abc'.startswith('ab') and 'abc'.endswith('bc') }} ==> true",
        "{{ 'ab'.upper() + 'AB'.lower() + 'ab cd'.title() + 'aB'.capitalize() }} ==> ABabAb CdAb",
        "{{ 'xax'.replace('x', 'y') }} ==> yay",
        "{{ 'abc'.find('c') }} ==> 2",
        "{{ '-'.join(['a', 'b']) }} ==> a-b",
        "{{ 'abc'[0] + 'abc'[-1] + 'abc'[:2] }} ==> acab",
        "{{ messages[0].get('role') }} ==> user",
        "{{ messages[-1]['content'][:2] ~ 3 }} ==> Hi3",
        "{% for k, v in {'a': 1}.items() %}{{ k }}{{ v }}{% endfor %} ==> a1",
        "{{ messages | map(attribute='role') | join(', ') }} ==> user",
        "{{ {'a': [true, none]} | tojson }} ==> {\"a\":[true,null]}",
        "{% macro f(x) %}<{{ x }}>{% endmacro %}{{ f('q') }} ==> <q>",
        "{% generation %}a{%- endgeneration -%} b ==> ab",
        "{% if unknown is not defined and 'x' not in 'abc' %}a{% endif %} ==> a",
        "{% set n = namespace(a=messages|length - 1, b=[1, 2]) %}{{ n.a }}{{ n.b|length }} ==> 02",
        "{# a comment #}a ==> a",
        "{{ 'a' + ('\u00a0a\\n' | trim) }}a ==> aaa",
      })
  void constructsOfPublishedTemplatesAreUnderstood(String source, String expected) {
    assertThat(render(source, List.of(USER)).strip()).isEqualTo(expected);
  }

  @Test
  void lineEndsOfBlocksAndOfTheTemplateGo() {
    String source = "{% if true %}\r\n  a\r\n  {% endif %}\r\nb\r\n";

    assertThat(render(source, List.of(USER))).isEqualTo("  a\nb");
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = "==>",
      quoteCharacter = '`',
      value = {
        "{% riddle %} ==> Unknown tag: riddle",
        "{{ messages[0 }} ==> expected ']'",
        "{% if true %}a ==> endif",
        "{{ fff(1) }} ==> 'fff'",
        "{{ 'a'.getBytes() }} ==> 'getBytes' of strings is not supported",
        "{{ 'a'.split(1, 2, 3) }} ==> 'split' of strings is not supported",
        "{{ 'a'.join(7) }} ==> 'join' of strings does not take such arguments",
        "{% include 'log4j2.properties' %} ==> include",
      })
  void whatIsNotUnderstoodIsOneErrorWithItsPlace(String construct, String reason) {
    ChatTemplate template = new ChatTemplate("chat_template 'default'", "a\n" + construct, "", "");

    assertThatThrownBy(() -> template.render(List.of(USER), true))
        .isInstanceOf(ChatTemplateException.class)
        .hasMessageContaining("chat template chat_template 'default'")
        .hasMessageContaining("line 2")
        .hasMessageContaining(reason)
        .hasMessageContaining("text.format = template");
  }

  @Test
  void aTemplateMayRefuseAConversation() {
    assertThatThrownBy(() -> render(Templates.GEMMA, TURNS))
        .isInstanceOf(ChatTemplateException.class)
        .hasMessageContaining("refuses this conversation, line 1: System role not supported");
    assertThatThrownBy(() -> render(Templates.LLAMA_2, List.of(USER, AGAIN)))
        .hasMessageContaining("Roles must alternate");
  }

  private static String render(String source, List<ChatMessage> messages) {
    return new ChatTemplate("test", source, "<s>", "</s>").render(messages, true);
  }
}
