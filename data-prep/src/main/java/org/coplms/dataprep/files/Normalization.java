package org.coplms.dataprep.files;

import java.text.Normalizer;

/** Unicode normalisation of texts. */
public enum Normalization {
  NONE {
    @Override
    String apply(String text) {
      return text;
    }
  },
  /** Canonical composition: equal looks, equal code points. */
  NFC {
    @Override
    String apply(String text) {
      return Normalizer.normalize(text, Normalizer.Form.NFC);
    }
  },
  /** Compatibility composition: also ligatures, full-width letters, superscripts become plain. */
  NFKC {
    @Override
    String apply(String text) {
      return Normalizer.normalize(text, Normalizer.Form.NFKC);
    }
  };

  abstract String apply(String text);
}
