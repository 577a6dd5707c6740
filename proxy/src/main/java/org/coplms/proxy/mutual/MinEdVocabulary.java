package org.coplms.proxy.mutual;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import org.coplms.proxy.tokenizer.LmTokenizer;
import org.coplms.proxy.tokenizer.TokenRole;

/**
 * The token of one vocabulary that is nearest to a token of another, as FedMKT (Fan et al. 2024)
 * and FuseLLM (Wan et al. 2024) map vocabularies: the token of equal text, else the one at the
 * least edit distance.
 *
 * <p>Texts are compared as bytes, so that tokens which are no UTF-8 on their own have a text too.
 * Of several equally near tokens the lowest id is taken; SentencePiece's {@code <0xHH>} stands for
 * its byte only where no other token holds it, and is near to nothing. Unlike those two, EOS is EOS
 * and other special tokens have no counterpart, whatever they are spelled like.
 *
 * <p>Tokens are looked up when they are first asked for, among those of similar length, and
 * remembered for the pair of tokenizers. Safe for use by several threads.
 */
public final class MinEdVocabulary {
  private static final int NONE = -1;
  private static final int UNKNOWN = -2;
  private static final int REMEMBERED_PAIRS = 64;

  private static final Map<List<String>, MinEdVocabulary> PAIRS =
      new LinkedHashMap<>(REMEMBERED_PAIRS, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<List<String>, MinEdVocabulary> eldest) {
          return size() > REMEMBERED_PAIRS;
        }
      };

  private final byte[][] texts;
  private final AtomicIntegerArray targets;
  private final Nearest nearest;

  private MinEdVocabulary(byte[][] texts, int[] targets, Nearest nearest) {
    this.texts = texts;
    this.targets = new AtomicIntegerArray(targets);
    this.nearest = nearest;
  }

  /** The map between two tokenizers; the identity when they have the same vocabulary. */
  public static MinEdVocabulary between(LmTokenizer from, LmTokenizer to) {
    synchronized (PAIRS) {
      return PAIRS.computeIfAbsent(List.of(from.hash(), to.hash()), unused -> fresh(from, to));
    }
  }

  private static MinEdVocabulary fresh(LmTokenizer from, LmTokenizer to) {
    boolean same = from.sameVocabulary(to);
    int[] targets = IntStream.range(0, from.vocabSize()).toArray();
    if (!same) {
      Arrays.setAll(targets, id -> initial(from, id, to));
    }
    return new MinEdVocabulary(texts(from), targets, new Nearest(to));
  }

  private static int initial(LmTokenizer from, int id, LmTokenizer to) {
    if (from.role(id) == TokenRole.EOS) {
      return to.eosId();
    }
    return from.tokenBytes(id).length == 0 ? NONE : UNKNOWN;
  }

  private static byte[][] texts(LmTokenizer tokenizer) {
    return IntStream.range(0, tokenizer.vocabSize())
        .mapToObj(tokenizer::tokenBytes)
        .toArray(byte[][]::new);
  }

  /** The nearest id, or -1 for none; ids past the vocabulary, as padded models have, have none. */
  public int map(int fromId) {
    if (fromId >= texts.length) {
      return NONE;
    }
    int target = targets.get(fromId);
    if (target == UNKNOWN) {
      target = nearest.to(texts[fromId]);
      targets.set(fromId, target); // another thread would have set the same
    }
    return target;
  }

  /** The tokens that are mapped to, by text and by length. */
  private static final class Nearest {
    private final byte[][] texts;
    private final Map<ByteBuffer, Integer> equal = new HashMap<>();
    private final List<List<Integer>> byLength = new ArrayList<>();

    Nearest(LmTokenizer tokenizer) {
      this.texts = texts(tokenizer);
      int[] ids = IntStream.range(0, texts.length).filter(id -> texts[id].length > 0).toArray();
      for (int id : ids) {
        if (!tokenizer.isByteFallback(id)) {
          equal.putIfAbsent(ByteBuffer.wrap(texts[id]), id);
          put(id);
        }
      }
      for (int id : ids) {
        equal.putIfAbsent(ByteBuffer.wrap(texts[id]), id);
      }
    }

    private void put(int id) {
      while (byLength.size() <= texts[id].length) {
        byLength.add(new ArrayList<>());
      }
      byLength.get(texts[id].length).add(id);
    }

    private List<Integer> ofLength(int length) {
      return length >= 0 && length < byLength.size() ? byLength.get(length) : List.of();
    }

    /** Lengths that differ by d are at least d edits apart, so the search ends early. */
    int to(byte[] text) {
      Integer same = equal.get(ByteBuffer.wrap(text));
      if (same != null) {
        return same;
      }
      Search search = new Search(text, Math.max(text.length, byLength.size()));
      for (int d = 0; d <= search.distance; d++) {
        search.among(ofLength(text.length - d));
        search.among(d == 0 ? List.of() : ofLength(text.length + d));
      }
      return search.found;
    }

    /** The best so far; no candidate is further than {@code distance} at first. */
    private final class Search {
      private final byte[] text;
      private int distance;
      private int found = NONE;

      Search(byte[] text, int furthest) {
        this.text = text;
        this.distance = furthest;
      }

      void among(List<Integer> ids) {
        for (int id : ids) {
          int candidate = MinEdDistance.atMost(text, texts[id], distance);
          boolean tied = candidate == distance && (found == NONE || id < found);
          if (candidate < distance || tied) {
            distance = candidate;
            found = id;
          }
        }
      }
    }
  }
}
