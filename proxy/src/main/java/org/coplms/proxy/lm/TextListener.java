package org.coplms.proxy.lm;

/**
 * Hears of responses while they are being generated.
 *
 * <p>The texts of a row, joined, are its response: whole characters only, and nothing that a stop
 * text could still take back.
 */
public interface TextListener {
  /** Hears nothing. */
  TextListener NONE = (row, text, last) -> {};

  /**
   * A row has one token more, or has ended.
   *
   * @param row place of its prompt in the call
   * @param text what became certain; empty while a character or a stop text is not decided
   * @param last whether the row has ended
   */
  void heard(int row, String text, boolean last);
}
