package org.coplms.udfs.text;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.coplms.proxy.tokenizer.LmTokenizer;
import org.coplms.udfs.model.ModelFolder;
import org.coplms.udfs.store.HadoopFiles;

/**
 * The tokenizers of this JVM, each opened once and shared by its tasks; the least recently used one
 * leaves when there are too many. One that left is not closed: a task may still use it.
 */
final class TokenizerCache {
  private static final int CAPACITY = 16;

  /** A tokenizer as its file was when it was opened. */
  private record Opened(long modified, LmTokenizer tokenizer) {}

  private static final Map<String, Opened> TOKENIZERS =
      new LinkedHashMap<>(CAPACITY, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Opened> eldest) {
          return size() > CAPACITY;
        }
      };

  private TokenizerCache() {}

  /**
   * The tokenizer of a model's folder; concurrent tasks wait for one reader. One whose file was
   * written anew is opened anew.
   *
   * @throws IllegalArgumentException when there is none, or it cannot be used, with what to do
   */
  static LmTokenizer get(String folder, Configuration configuration) {
    synchronized (TOKENIZERS) {
      String file = folder + "/tokenizer.json";
      boolean there = HadoopFiles.exists(file, configuration);
      long modified = there ? HadoopFiles.modificationTime(file, configuration) : 0;
      Opened known = TOKENIZERS.get(folder);
      if (!there || known == null || known.modified() != modified) {
        known = new Opened(modified, ModelFolder.tokenizer(folder, configuration));
        TOKENIZERS.put(folder, known);
      }
      return known.tokenizer();
    }
  }
}
