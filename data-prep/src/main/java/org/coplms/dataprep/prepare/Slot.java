package org.coplms.dataprep.prepare;

import java.io.Serializable;
import org.coplms.dataprep.ExampleSchema;

/** A place for an item: a split of one device, or of the server. */
record Slot(String split, int device) implements Serializable {
  static Slot server(String split) {
    return new Slot(split, ExampleSchema.SERVER_ID);
  }

  /** As people read it. */
  String shown() {
    return onServer() ? "server, " + split : "device %d, %s".formatted(device, split);
  }

  boolean onServer() {
    return device == ExampleSchema.SERVER_ID;
  }
}
