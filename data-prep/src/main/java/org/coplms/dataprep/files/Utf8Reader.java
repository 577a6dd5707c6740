package org.coplms.dataprep.files;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Characters of a stream of UTF-8 bytes, without a byte-order mark. Bytes that are not UTF-8 become
 * U+FFFD, and the reader knows where: only the records that hold them are unusable. It also keeps
 * the characters since the last {@link #forget}. Positions count characters from the beginning.
 */
final class Utf8Reader extends Reader {
  private static final int BUFFER = 1 << 13;
  private static final char REPLACEMENT = '\uFFFD';

  private final InputStream in;
  private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
  private final ByteBuffer bytes = ByteBuffer.allocate(BUFFER).flip();
  private final CharBuffer chars = CharBuffer.allocate(BUFFER).flip();
  private final Deque<Long> damages = new ArrayDeque<>();
  private final StringBuilder kept = new StringBuilder();
  private final boolean keeping;
  private long keptFrom;
  private long decoded;
  private boolean started;
  private boolean noMoreBytes;
  private boolean ended;

  private Utf8Reader(InputStream in, boolean keeping) {
    this.in = in;
    this.keeping = keeping;
  }

  static Utf8Reader of(InputStream in) {
    return new Utf8Reader(in, true);
  }

  /** One that keeps no characters once they are read. */
  static Utf8Reader forgetful(InputStream in) {
    return new Utf8Reader(in, false);
  }

  /** Whether bytes that are not UTF-8 stand from one position to another; forgets those before. */
  boolean damaged(long from, long to) {
    boolean found = false;
    while (!damages.isEmpty() && damages.peek() < to) {
      found |= damages.poll() >= from;
    }
    return found;
  }

  /** What was decoded from {@code from}, which was not forgotten, to {@code to}; bounded. */
  String text(long from, long to) {
    int begin = (int) Math.min(Math.max(from - keptFrom, 0), kept.length());
    int end = (int) Math.max(begin, Math.min(to - keptFrom, kept.length()));
    return Text.bounded(kept.substring(begin, end));
  }

  /** Everything decoded from {@code from} on, be it read or not; bounded. */
  String rest(long from) {
    return text(from, decoded);
  }

  /** Gives up the characters before a position. */
  void forget(long before) {
    long forgotten = before - keptFrom;
    if (forgotten > BUFFER) {
      kept.delete(0, (int) Math.min(forgotten, kept.length()));
      keptFrom += forgotten;
    }
  }

  @Override
  public int read() throws IOException {
    return fill() ? chars.get() : -1;
  }

  @Override
  public int read(char[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (!fill()) {
      return -1;
    }
    int count = Math.min(length, chars.remaining());
    chars.get(target, offset, count);
    return count;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  /** Whether there is a character; decodes on where there was none. */
  private boolean fill() throws IOException {
    if (!started) {
      started = true;
      skipMark();
    }
    while (!chars.hasRemaining()) {
      if (ended) {
        return false;
      }
      chars.clear();
      decode();
      chars.flip();
      decoded += chars.remaining();
      if (keeping) {
        kept.append(chars);
      }
    }
    return true;
  }

  private void decode() throws IOException {
    // Room for the replacement, should the decoder stop at damage with all else full.
    chars.limit(BUFFER - 1);
    CoderResult result = decoder.decode(bytes, chars, noMoreBytes);
    chars.limit(BUFFER);
    if (result.isError()) {
      bytes.position(bytes.position() + result.length());
      damages.add(decoded + chars.position());
      chars.put(REPLACEMENT);
    } else if (result.isUnderflow()) {
      ended = noMoreBytes;
      readBytes();
    }
  }

  private void readBytes() throws IOException {
    bytes.compact();
    int count = in.read(bytes.array(), bytes.position(), bytes.remaining());
    noMoreBytes = count < 0;
    bytes.position(bytes.position() + Math.max(count, 0)).flip();
  }

  private void skipMark() throws IOException {
    while (bytes.remaining() < 3 && !noMoreBytes) {
      readBytes();
    }
    if (bytes.remaining() >= 3
        && bytes.get(0) == (byte) 0xEF
        && bytes.get(1) == (byte) 0xBB
        && bytes.get(2) == (byte) 0xBF) {
      bytes.position(3);
    }
  }
}
