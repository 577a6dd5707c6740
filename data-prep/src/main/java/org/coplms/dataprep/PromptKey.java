package org.coplms.dataprep;

import java.text.Normalizer;
import java.util.Locale;
import java.util.regex.Pattern;
import org.apache.spark.sql.api.java.UDF1;

/**
 * What makes two prompts the same: compatibility form (NFKC), lower case, single spaces. Prompts of
 * one domain with equal keys are duplicates and never stand in two splits.
 */
public final class PromptKey implements UDF1<String, String> {
  private static final long serialVersionUID = 1L;
  private static final Pattern WHITE_SPACE = Pattern.compile("[\\s\\p{Z}]+");

  /** The prompt's key. */
  public static String of(String prompt) {
    String folded = Normalizer.normalize(prompt, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
    return WHITE_SPACE.matcher(folded).replaceAll(" ").strip();
  }

  @Override
  public String call(String prompt) {
    return of(prompt);
  }
}
