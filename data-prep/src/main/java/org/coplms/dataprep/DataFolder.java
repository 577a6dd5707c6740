package org.coplms.dataprep;

import org.apache.hadoop.fs.Path;

/** Places inside a folder of prepared data, on any Hadoop file system. */
public record DataFolder(String path) {
  /** Parquet by split: what the server holds. */
  public String server() {
    return at("server").toString();
  }

  /** Parquet by device. */
  public String devices() {
    return at("devices").toString();
  }

  /** JSON lines: records that cannot be used. */
  public String quarantine() {
    return at("quarantine").toString();
  }

  /** The fitted model of discovered domains. */
  public String discovery() {
    return at("discovery").toString();
  }

  /** The data card. */
  public Path card() {
    return at("card.json");
  }

  /** Written last: data without it are not complete. */
  public Path statistics() {
    return at("statistics.json");
  }

  private Path at(String name) {
    return new Path(path, name);
  }
}
