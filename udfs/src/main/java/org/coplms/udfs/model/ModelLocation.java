package org.coplms.udfs.model;

import java.io.Serializable;

/**
 * Where a checkpoint stands, on any Hadoop file system.
 *
 * @param path folder with {@code config.json}, {@code model.safetensors} and {@code tokenizer.json}
 * @param revision what changes when the folder's content does, such as a content hash
 */
public record ModelLocation(String path, String revision) implements Serializable {}
