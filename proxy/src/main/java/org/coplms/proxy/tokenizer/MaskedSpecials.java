package org.coplms.proxy.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Names for special tokens that no text spells.
 *
 * <p>The tokenizers library reads a text that spells {@code <|eot_id|>} as that token, and its Java
 * binding cannot turn that off. So the library is given a {@code tokenizer.json} in which special
 * tokens have other names; who writes a special token on purpose, as a chat template, has it
 * renamed first, and a text that spells such a name is cut inside it. Every other text has the ids
 * it had: ids, merges and scores stay.
 */
final class MaskedSpecials {
  // A private-use character, letters: no normalizer changes them.
  private static final String OPEN = "\uE0C0special";
  private static final char CLOSE = '\uE0C1';

  private final Map<String, String> masks = new HashMap<>();
  private final Pattern any;

  /** Masks the tokens with these contents. */
  MaskedSpecials(Collection<String> contents) {
    for (String content : contents) {
      masks.putIfAbsent(content, OPEN + masks.size() + CLOSE);
    }
    // The library takes the longest token at a place.
    this.any =
        Pattern.compile(
            masks.keySet().stream()
                .sorted(Comparator.comparingInt(String::length).reversed())
                .map(Pattern::quote)
                .collect(Collectors.joining("|")));
  }

  /** A place inside the first of these names that the text spells; -1 where it spells none. */
  static int cut(String text) {
    int at = text.indexOf(OPEN);
    return at < 0 ? -1 : at + 1;
  }

  /** The text with the special tokens that it spells under their masks. */
  String mask(String text) {
    return masks.isEmpty()
        ? text
        : any.matcher(text).replaceAll(match -> Matcher.quoteReplacement(masks.get(match.group())));
  }

  /**
   * The content of a {@code tokenizer.json} that knows special tokens by their masks only. It has
   * no post-processor, which would add special tokens.
   */
  String tokenizer(JsonNode tokenizer, Map<String, Integer> ids) {
    ObjectNode root = tokenizer.deepCopy();
    root.putNull("post_processor");
    ArrayNode added =
        root.path("added_tokens") instanceof ArrayNode given
            ? given
            : root.putArray("added_tokens");
    Map<String, Integer> unlisted = new HashMap<>(ids);
    unlisted.keySet().retainAll(masks.keySet());
    for (JsonNode token : added) {
      String content = token.path("content").asText();
      ((ObjectNode) token).put("content", masked(content));
      unlisted.remove(content);
    }
    unlisted.forEach((content, id) -> add(added, masked(content), id));
    if (root.path("model") instanceof ObjectNode model) {
      maskModel(model);
      fillGaps(model.path("vocab"), ids);
    }
    return root.toString();
  }

  private static void add(ArrayNode added, String content, int id) {
    added
        .addObject()
        .put("id", id)
        .put("content", content)
        .put("single_word", false)
        .put("lstrip", false)
        .put("rstrip", false)
        .put("normalized", false)
        .put("special", true);
  }

  private String masked(String content) {
    return masks.getOrDefault(content, content);
  }

  private void maskModel(ObjectNode model) {
    if (model.path("vocab") instanceof ObjectNode vocab) {
      masks.forEach(
          (content, mask) -> {
            JsonNode id = vocab.remove(content);
            if (id != null) {
              vocab.set(mask, id);
            }
          });
    }
    if (model.path("vocab") instanceof ArrayNode pieces) {
      for (JsonNode piece : pieces) {
        ((ArrayNode) piece).set(0, masked(piece.path(0).asText()));
      }
    }
    if (model.path("unk_token").isTextual()) {
      model.put("unk_token", masked(model.get("unk_token").asText()));
    }
    if (model.path("merges") instanceof ArrayNode merges) {
      ArrayNode kept = model.putArray("merges");
      merges.forEach(
          merge -> {
            if (!spellsSpecial(merge)) {
              kept.add(merge);
            }
          });
    }
  }

  /**
   * Puts every id into the vocabulary where some have no token: the library would number the tokens
   * after a gap anew.
   */
  private void fillGaps(JsonNode vocab, Map<String, Integer> ids) {
    Map<Integer, String> contents = new HashMap<>();
    ids.forEach((content, id) -> contents.put(id, masked(content)));
    int size = 1 + Collections.max(contents.keySet());
    if (contents.size() == size) {
      return;
    }
    if (vocab instanceof ObjectNode object) {
      for (int id = 0; id < size; id++) {
        object.put(contents.getOrDefault(id, OPEN + "gap" + id + CLOSE), id);
      }
    }
    if (vocab instanceof ArrayNode pieces) {
      for (int id = pieces.size(); id < size; id++) {
        String content = contents.getOrDefault(id, OPEN + "gap" + id + CLOSE);
        pieces.addArray().add(content).add(0.0);
      }
    }
  }

  /** A merge into or out of a special token, through which a text could still spell it. */
  private boolean spellsSpecial(JsonNode merge) {
    String[] parts =
        merge.isTextual()
            ? merge.asText().split(" ", -1)
            : new String[] {merge.path(0).asText(), merge.path(1).asText()};
    return parts.length == 2
        && (masks.containsKey(parts[0])
            || masks.containsKey(parts[1])
            || masks.containsKey(parts[0] + parts[1]));
  }
}
