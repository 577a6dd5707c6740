package org.coplms.proxy.cotune;

import java.util.List;
import java.util.Optional;
import org.coplms.proxy.mutual.Alignment;
import org.coplms.proxy.mutual.ByteAlignment;
import org.coplms.proxy.tokenizer.LmTokenizer;
import org.coplms.proxy.tokenizer.PromptFormat;
import org.coplms.proxy.tokenizer.TokenizedExample;

/** One text as the SLM and the DPM read it, with the positions where both can be compared. */
record PairedExample(TokenizedExample slm, TokenizedExample dpm, Alignment alignment) {

  /** Both tokenizations; empty when either cannot represent the text or the prompt is too long. */
  static Optional<PairedExample> of(
      String key, String prompt, String response, Readers readers, int maxTokens) {
    Optional<TokenizedExample> slm =
        TokenizedExample.of(key, prompt, response, readers.slm(), readers.format(), maxTokens);
    Optional<TokenizedExample> dpm =
        TokenizedExample.of(key, prompt, response, readers.dpm(), readers.format(), maxTokens);
    return slm.flatMap(s -> dpm.map(d -> new PairedExample(s, d, ByteAlignment.align(s, d))));
  }

  /** Tokenizers of both models and the text format they share. */
  record Readers(LmTokenizer slm, LmTokenizer dpm, PromptFormat format) {}

  static List<TokenizedExample> slm(List<PairedExample> pairs) {
    return pairs.stream().map(PairedExample::slm).toList();
  }

  static List<TokenizedExample> dpm(List<PairedExample> pairs) {
    return pairs.stream().map(PairedExample::dpm).toList();
  }
}
