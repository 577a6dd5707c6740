package org.coplms.dataprep;

import java.util.List;

/** The names in the {@code split} column. */
public final class Splits {
  /** Server: what the LLM is pretrained on. */
  public static final String PRETRAIN = "pretrain";

  /** Server: what the SLMs are pretrained on, a subset of {@link #PRETRAIN}. */
  public static final String PRETRAIN_SLM = "pretrain-slm";

  /** Server: the public set that LLM and DPM exchange knowledge on. */
  public static final String PUBLIC = "public";

  /** Server: the test of every domain; device: the test in the device's own mixture. */
  public static final String TEST = "test";

  /** Device: its private examples. */
  public static final String TRAIN = "train";

  /** Device: for model choice, in the device's own mixture. */
  public static final String VALIDATION = "validation";

  /** In the order of the data's life. */
  public static final List<String> SERVER = List.of(PRETRAIN, PRETRAIN_SLM, PUBLIC, TEST);

  /** In the order of the data's life. */
  public static final List<String> DEVICE = List.of(TRAIN, VALIDATION, TEST);

  private Splits() {}

  static void requireKnown(String split, List<String> known) {
    if (!known.contains(split)) {
      throw new IllegalArgumentException(
          "There is no split '%s' here; choose one of %s".formatted(split, known));
    }
  }
}
