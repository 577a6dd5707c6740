package org.coplms.proxy.mutual;

import org.coplms.proxy.tokenizer.LmTokenizer;
import org.coplms.proxy.tokenizer.TestTokenizers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Tests over tokenizers of four kinds: bytes, byte-level BPE, SentencePiece-style BPE, Unigram. */
abstract class FourTokenizers {
  static LmTokenizer bytes;
  static LmTokenizer merged;
  static LmTokenizer llama2;
  static LmTokenizer unigram;

  @BeforeAll
  static void open() {
    bytes = TestTokenizers.byteLevel(259);
    merged = TestTokenizers.byteLevel(450);
    llama2 = TestTokenizers.llama2();
    unigram = TestTokenizers.unigram();
  }

  @AfterAll
  static void close() {
    bytes.close();
    merged.close();
    llama2.close();
    unigram.close();
  }
}
