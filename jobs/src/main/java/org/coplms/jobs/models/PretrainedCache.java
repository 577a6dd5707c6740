package org.coplms.jobs.models;

import com.fasterxml.jackson.databind.JsonNode;
import org.apache.hadoop.conf.Configuration;
import org.coplms.jobs.config.ConfigJson;
import org.coplms.udfs.model.ModelFolder;
import org.coplms.udfs.store.HadoopFiles;

/** Models that were trained before, by everything their training depended on. */
public final class PretrainedCache {
  private final String root;
  private final Configuration files;

  public PretrainedCache(String root, Configuration files) {
    this.root = root.startsWith("~/") ? System.getProperty("user.home") + root.substring(1) : root;
    this.files = files;
  }

  /** Copies a model into {@code target}, if it is there. */
  public boolean fetch(JsonNode key, String target) {
    String source = folder(key);
    if (!ModelFolder.isComplete(source, files)) {
      return false;
    }
    copy(source, target);
    return true;
  }

  /** Keeps a trained model. */
  public void keep(JsonNode key, String source) {
    copy(source, folder(key));
  }

  private String folder(JsonNode key) {
    return root + "/" + ConfigJson.fingerprint(key);
  }

  /** The weights come last and show that the copy is whole. */
  private void copy(String source, String target) {
    for (String name : ModelFolder.files(source, files)) {
      HadoopFiles.copy(source + "/" + name, target + "/" + name, files);
    }
  }
}
