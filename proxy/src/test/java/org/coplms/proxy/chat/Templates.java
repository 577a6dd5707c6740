package org.coplms.proxy.chat;

/** Chat templates that use what the published ones of these models use, written for these tests. */
public final class Templates {
  /** Llama 2 chat: the system's message inside the first of the user. */
  public static final String LLAMA_2 =
      "{% if messages[0]['role'] == 'system' %}{% set rest = messages[1:] %}"
          + "{% set system = messages[0]['content'] %}"
          + "{% else %}{% set rest = messages %}{% set system = false %}{% endif %}"
          + "{% for message in rest %}"
          + "{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}"
          + "{{ raise_exception('Roles must alternate user/assistant') }}{% endif %}"
          + "{% if loop.index0 == 0 and system != false %}"
          + "{% set text = '<<SYS>>\\n' + system + '\\n<</SYS>>\\n\\n' + message['content'] %}"
          + "{% else %}{% set text = message['content'] %}{% endif %}"
          + "{% if message['role'] == 'user' %}"
          + "{{ bos_token + '[INST] ' + text.strip() + ' [/INST]' }}"
          + "{% elif message['role'] == 'assistant' %}"
          + "{{ ' ' + text.strip() + ' ' + eos_token }}{% endif %}{% endfor %}";

  /** Llama 3 instruct: a filter inside a sum, BOS before the first message. */
  public static final String LLAMA_3 =
      """
      {% set all = messages %}{% for m in all %}{% set text = '<|start_header_id|>' + m['role'] + '<|end_header_id|>

      '+ m['content'] | trim + '<|eot_id|>' %}{% if loop.index0 == 0 %}{% set text = bos_token + text %}{% endif %}{{ text }}{% endfor %}{% if add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>

      ' }}{% endif %}""";

  /** Qwen2.5: whitespace control at every tag, tools, a default for the system's message. */
  public static final String QWEN_2_5 =
      """
      {%- if tools %}
          {{- '<|im_start|>system\\n' }}
          {%- for tool in tools %}
              {{- "\\n" }}
              {{- tool | tojson }}
          {%- endfor %}
          {{- '<|im_end|>\\n' }}
      {%- else %}
          {%- if messages[0]['role'] == 'system' %}
              {{- '<|im_start|>system\\n' + messages[0]['content'] + '<|im_end|>\\n' }}
          {%- else %}
              {{- '<|im_start|>system\\nYou are helpful.<|im_end|>\\n' }}
          {%- endif %}
      {%- endif %}
      {%- for m in messages %}
          {%- if (m.role == "user") or (m.role == "system" and not loop.first) or (m.role == "assistant" and not m.tool_calls) %}
              {{- '<|im_start|>' + m.role + '\\n' + m.content + '<|im_end|>' + '\\n' }}
          {%- elif m.role == "tool" %}
              {%- if (loop.index0 == 0) or (messages[loop.index0 - 1].role != "tool") %}
                  {{- '<|im_start|>user' }}
              {%- endif %}
          {%- endif %}
      {%- endfor %}
      {%- if add_generation_prompt %}
          {{- '<|im_start|>assistant\\n' }}
      {%- endif %}
      """;

  /** Qwen3: namespaces, reversed messages, Python's string methods, is defined. */
  public static final String QWEN_3 =
      """
      {%- if messages[0].role == 'system' %}
          {{- '<|im_start|>system\\n' + messages[0].content + '<|im_end|>\\n' }}
      {%- endif %}
      {%- set ns = namespace(searching=true, last=messages|length - 1) %}
      {%- for m in messages[::-1] %}
          {%- set index = (messages|length - 1) - loop.index0 %}
          {%- if ns.searching and m.role == "user" and m.content is string and not(m.content.startswith('<tool_response>') and m.content.endswith('</tool_response>')) %}
              {%- set ns.searching = false %}
              {%- set ns.last = index %}
          {%- endif %}
      {%- endfor %}
      {%- for m in messages %}
          {%- set text = m.content if m.content is string else '' %}
          {%- if m.role == "user" or (m.role == "system" and not loop.first) %}
              {{- '<|im_start|>' + m.role + '\\n' + text + '<|im_end|>' + '\\n' }}
          {%- elif m.role == "assistant" %}
              {%- set thought = '' %}
              {%- if '</think>' in text %}
                  {%- set thought = text.split('</think>')[0].rstrip('\\n').split('<think>')[-1].lstrip('\\n') %}
                  {%- set text = text.split('</think>')[-1].lstrip('\\n') %}
              {%- endif %}
              {%- if loop.index0 > ns.last and thought %}
                  {{- '<|im_start|>' + m.role + '\\n<think>\\n' + thought.strip('\\n') + '\\n</think>\\n\\n' + text }}
              {%- else %}
                  {{- '<|im_start|>' + m.role + '\\n' + text }}
              {%- endif %}
              {{- '<|im_end|>\\n' }}
          {%- endif %}
      {%- endfor %}
      {%- if add_generation_prompt %}
          {{- '<|im_start|>assistant\\n' }}
          {%- if enable_thinking is defined and enable_thinking is false %}
              {{- '<think>\\n\\n</think>\\n\\n' }}
          {%- endif %}
      {%- endif %}
      """;

  /** Mistral instruct: a counting namespace, selectattr, is not none. */
  public static final String MISTRAL =
      """
      {%- if messages[0]["role"] == "system" %}
          {%- set system = messages[0]["content"] %}
          {%- set rest = messages[1:] %}
      {%- else %}
          {%- set rest = messages %}
      {%- endif %}
      {%- if not tools is defined %}
          {%- set tools = none %}
      {%- endif %}
      {%- set users = rest | selectattr("role", "equalto", "user") | list %}
      {%- set ns = namespace() %}
      {%- set ns.index = 0 %}
      {%- for m in rest %}
          {%- if not (m.role == "tool" or (m.tool_calls is defined and m.tool_calls is not none)) %}
              {%- if (m["role"] == "user") != (ns.index % 2 == 0) %}
                  {{- raise_exception("conversation roles must alternate") }}
              {%- endif %}
              {%- set ns.index = ns.index + 1 %}
          {%- endif %}
      {%- endfor %}
      {{- bos_token }}
      {%- for m in rest %}
          {%- if m["role"] == "user" %}
              {%- if tools is not none and (m == users[-1]) %}
                  {{- "[AVAILABLE_TOOLS]" }}
              {%- endif %}
              {%- if loop.last and system is defined %}
                  {{- "[INST] " + system + "\\n\\n" + m["content"] + "[/INST]" }}
              {%- else %}
                  {{- "[INST] " + m["content"] + "[/INST]" }}
              {%- endif %}
          {%- elif m["role"] == "assistant" %}
              {{- " " + m["content"]|trim + eos_token}}
          {%- else %}
              {{- raise_exception("Only user and assistant roles are supported, got " + m.role) }}
          {%- endif %}
      {%- endfor %}
      """;

  /** Zephyr and TinyLlama: trim_blocks and lstrip_blocks decide about every line end. */
  public static final String ZEPHYR =
      """
      {% for message in messages %}
      {% if message['role'] == 'user' %}
      {{ '<|user|>
      ' + message['content'] + eos_token }}
      {% elif message['role'] == 'system' %}
      {{ '<|system|>
      ' + message['content'] + eos_token }}
      {% elif message['role'] == 'assistant' %}
      {{ '<|assistant|>
      '  + message['content'] + eos_token }}
      {% endif %}
      {% if loop.last and add_generation_prompt %}
      {{ '<|assistant|>' }}
      {% endif %}
      {% endfor %}""";

  /** Gemma: no system's message, the assistant is called model. */
  public static final String GEMMA =
      "{{ bos_token }}{% if messages[0]['role'] == 'system' %}"
          + "{{ raise_exception('System role not supported') }}{% endif %}"
          + "{% for message in messages %}"
          + "{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}"
          + "{{ raise_exception('Conversation roles must alternate') }}{% endif %}"
          + "{% if (message['role'] == 'assistant') %}{% set role = 'model' %}"
          + "{% else %}{% set role = message['role'] %}{% endif %}"
          + "{{ '<start_of_turn>' + role + '\n' + message['content'] | trim + '<end_of_turn>\n' }}"
          + "{% endfor %}"
          + "{% if add_generation_prompt %}{{'<start_of_turn>model\n'}}{% endif %}";

  private Templates() {}
}
