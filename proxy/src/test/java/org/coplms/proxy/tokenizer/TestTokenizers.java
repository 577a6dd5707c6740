package org.coplms.proxy.tokenizer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Small tokenizers of the kinds that real checkpoints have; the caller closes them. */
public final class TestTokenizers {
  private TestTokenizers() {}

  /** Byte-level BPE trained on {@link TestText#CORPUS}. */
  public static LmTokenizer byteLevel(int vocabSize) {
    return LmTokenizer.parse(
        BpeTrainer.train(TestText.wordCounts(TestText.CORPUS), new BpeTrainer.Spec(vocabSize)));
  }

  /**
   * Llama 2's parts: BPE with {@code <0xHH>} fallback, the dummy prefix made by a normalizer; BOS
   * and EOS but no PAD; two ids without a token, then two added tokens.
   */
  public static LmTokenizer llama2() {
    return LmTokenizer.load(folder("llama2"));
  }

  /** T5's parts: Unigram, the dummy prefix made by Metaspace; EOS and PAD but no BOS. */
  public static LmTokenizer unigram() {
    return LmTokenizer.load(folder("unigram"));
  }

  static String llama2Json() {
    return json("llama2");
  }

  static String unigramJson() {
    return json("unigram");
  }

  private static String json(String name) {
    try {
      return Files.readString(folder(name).resolve(TokenizerFiles.TOKENIZER));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path folder(String name) {
    try {
      return Path.of(TestTokenizers.class.getResource("/tokenizers/" + name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
