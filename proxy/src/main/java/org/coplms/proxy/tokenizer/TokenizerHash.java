package org.coplms.proxy.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/** Identity of what encoding and decoding depend on. */
final class TokenizerHash {
  private TokenizerHash() {}

  /** SHA-256 in hexadecimal. */
  static String of(JsonNode tokenizer, TokenTable table) {
    ObjectNode content = tokenizer.deepCopy();
    content.remove("truncation");
    content.remove("padding");
    content.set("special_tokens", table.specials().toConfig());
    if (table.ends().length > 1) {
      ArrayNode ends = content.putArray("ends");
      Arrays.stream(table.ends()).forEach(ends::add);
    }
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(content.toString().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }
}
