package org.coplms.proxy.tokenizer;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Tuple;

/** Random texts for properties: samples' characters mixed with any assigned ones. */
public final class AnyText {
  private AnyText() {}

  public static Arbitrary<String> texts() {
    Arbitrary<String> frequent =
        Arbitraries.of(
            "a", "b", "the", " ", " ", "  ", "\n", "\r\n", "\r", "\t", "1", "23", ".", "-", "é",
            "e\u0301", "日本", "語", "😀", "👍🏽", "\u200d", "\u00a0", "ا", "\u0000");
    Arbitrary<String> any =
        Arbitraries.integers()
            .between(0, Character.MAX_CODE_POINT)
            .filter(AnyText::isAssigned)
            .map(Character::toString);
    return Arbitraries.frequencyOf(Tuple.of(3, frequent), Tuple.of(1, any))
        .list()
        .ofMaxSize(30)
        .map(parts -> String.join("", parts));
  }

  static boolean isAssigned(int codePoint) {
    int type = Character.getType(codePoint);
    return type != Character.UNASSIGNED && type != Character.SURROGATE;
  }
}
