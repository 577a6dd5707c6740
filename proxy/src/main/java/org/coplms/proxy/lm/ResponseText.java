package org.coplms.proxy.lm;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.coplms.proxy.tokenizer.LmTokenizer;

/**
 * A response's text while its tokens come: cut at the first stop text, handed out as it becomes
 * certain.
 *
 * <p>It works on bytes, since tokens may end inside a character and a stop text inside a token.
 */
final class ResponseText {
  private static final int SMALLEST = 64;
  private static final int LONGEST_CHARACTER = 4;

  private final LmTokenizer tokenizer;
  private final List<byte[]> stops;
  private byte[] bytes = new byte[SMALLEST];
  private int length;
  private int start = -1;
  private int taken;
  private boolean stopped;

  ResponseText(LmTokenizer tokenizer, List<String> stop) {
    this.tokenizer = tokenizer;
    this.stops = stop.stream().map(text -> text.getBytes(StandardCharsets.UTF_8)).toList();
  }

  /** Appends a token's text; nothing may follow once the response {@link #isStopped}. */
  void append(int id) {
    byte[] token = tokenizer.tokenBytes(id);
    if (start < 0 && token.length > 0) {
      start = droppedPrefix(id, token);
      taken = start;
    }
    if (length + token.length > bytes.length) {
      bytes = Arrays.copyOf(bytes, 2 * (length + token.length));
    }
    System.arraycopy(token, 0, bytes, length, token.length);
    int before = length;
    length += token.length;
    cutAtStop(before);
  }

  /** Bytes of the first token that decoding leaves out, as a dummy prefix space. */
  private int droppedPrefix(int id, byte[] token) {
    int whole = new String(token, StandardCharsets.UTF_8).length();
    return whole - tokenizer.decode(new int[] {id}).length();
  }

  private void cutAtStop(int before) {
    int cut = length;
    for (byte[] stop : stops) {
      int from = Math.max(Math.max(start, 0), before - stop.length + 1);
      for (int at = from; at + stop.length <= length && at < cut; at++) {
        if (Arrays.equals(bytes, at, at + stop.length, stop, 0, stop.length)) {
          cut = at;
          stopped = true;
        }
      }
    }
    length = cut;
  }

  /** Whether a stop text has come; it and what followed it are not part of the text. */
  boolean isStopped() {
    return stopped;
  }

  /** What has become certain since the last call. */
  String take() {
    int end = Math.min(length - beginningOfStop(), length - partOfCharacter());
    return takeTo(Math.max(taken, end));
  }

  /** What is left when nothing follows; malformed UTF-8 becomes U+FFFD. */
  String rest() {
    return takeTo(length);
  }

  /** The whole text, whatever was taken. */
  String text() {
    int from = Math.max(start, 0);
    return new String(bytes, from, length - from, StandardCharsets.UTF_8);
  }

  private String takeTo(int end) {
    String text = new String(bytes, taken, end - taken, StandardCharsets.UTF_8);
    taken = end;
    return text;
  }

  /** Bytes at the end with which a stop text may begin. */
  private int beginningOfStop() {
    int longest = 0;
    for (byte[] stop : stops) {
      int most = Math.min(stop.length - 1, length - Math.max(start, 0));
      for (int size = most; size > longest; size--) {
        if (Arrays.equals(bytes, length - size, length, stop, 0, size)) {
          longest = size;
        }
      }
    }
    return longest;
  }

  /** Bytes at the end that begin a character which needs more of them. */
  private int partOfCharacter() {
    int most = Math.min(LONGEST_CHARACTER - 1, length - taken);
    for (int back = 1; back <= most; back++) {
      int needed = characterLength(bytes[length - back]);
      if (needed > 0) {
        return needed > back ? back : 0;
      }
    }
    return 0;
  }

  /** Bytes of the character that this byte begins; 0 for a byte that begins none. */
  private static int characterLength(byte first) {
    int leadingOnes = Integer.numberOfLeadingZeros(~(first << 24));
    return switch (leadingOnes) {
      case 0 -> 1;
      case 2, 3, 4 -> leadingOnes;
      default -> 0;
    };
  }
}
