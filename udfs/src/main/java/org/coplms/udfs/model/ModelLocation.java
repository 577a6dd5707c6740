package org.coplms.udfs.model;

import java.io.Serializable;
import org.coplms.proxy.tensor.Precision;

/**
 * Where a checkpoint stands, on any Hadoop file system, and how it is held.
 *
 * @param path folder with {@code config.json}, {@code tokenizer.json} and the weights in one
 *     safetensors file, or in shards with their index
 * @param revision what changes when the folder's content does, such as a content hash
 * @param precision of the frozen weights
 */
public record ModelLocation(String path, String revision, Precision precision)
    implements Serializable {
  /** A checkpoint that is held in single precision. */
  public ModelLocation(String path, String revision) {
    this(path, revision, Precision.FLOAT32);
  }
}
