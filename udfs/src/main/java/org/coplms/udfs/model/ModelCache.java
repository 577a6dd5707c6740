package org.coplms.udfs.model;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.coplms.proxy.train.BaseModel;

/**
 * The base models of this JVM, each opened once and shared by its tasks; the least recently used
 * one leaves when there are too many. Large weights stay in their files: what the tasks share of
 * them are the machine's pages.
 */
public final class ModelCache {
  private static final int CAPACITY = 16;

  private static final Map<ModelLocation, BaseModel> MODELS =
      new LinkedHashMap<>(CAPACITY, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<ModelLocation, BaseModel> eldest) {
          return size() > CAPACITY;
        }
      };

  private ModelCache() {}

  /**
   * The model at a location; concurrent tasks wait for one reader. One whose files were written
   * anew is opened anew.
   */
  public static BaseModel get(ModelLocation location, Configuration configuration) {
    synchronized (MODELS) {
      BaseModel known = MODELS.get(location);
      if (known == null || !known.weights().areCurrent()) {
        known = ModelFolder.read(location.path(), location.precision(), configuration);
        MODELS.put(location, known);
      }
      return known;
    }
  }
}
