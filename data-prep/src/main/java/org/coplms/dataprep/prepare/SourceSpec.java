package org.coplms.dataprep.prepare;

import java.io.Serializable;

/** Where examples come from and how much of them goes where. */
public sealed interface SourceSpec extends Serializable permits CldrSpec, FilesSpec, WordnetSpec {
  /** The source's name in configuration and statistics. */
  String kind();
}
