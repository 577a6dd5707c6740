package org.coplms.proxy.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * How a prompt that a model draws ends: with the text of a separator, up to its first special
 * token, where it has one.
 *
 * @param text what the prompt ends with; may be empty
 * @param closing ids of the separator from its first special token on; empty where it has none
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record PromptEnd(String text, int[] closing) {

  static PromptEnd of(String separator, LmTokenizer tokenizer) {
    int[] ids = tokenizer.encodeWithin("", "", separator);
    int special =
        IntStream.range(0, ids.length)
            .filter(i -> tokenizer.isSpecial(ids[i]))
            .findFirst()
            .orElse(ids.length);
    return special == ids.length
        ? new PromptEnd(separator, new int[0])
        : new PromptEnd(
            tokenizer.decode(Arrays.copyOf(ids, special)),
            Arrays.copyOfRange(ids, special, ids.length));
  }

  /** Number of UTF-8 bytes of the text. */
  public int length() {
    return bytes().length;
  }

  private byte[] bytes() {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Whether the prompt ends here.
   *
   * @param last the last bytes that were drawn, of the token too, at most {@link #length}
   * @param id the token that was drawn last
   */
  public boolean isReached(byte[] last, int id) {
    return Arrays.equals(last, bytes()) && (closing.length == 0 || closesWith(id));
  }

  /** Whether the token begins the closing part. */
  public boolean closesWith(int id) {
    return closing.length > 0 && closing[0] == id;
  }
}
