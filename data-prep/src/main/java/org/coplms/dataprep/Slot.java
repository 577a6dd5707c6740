package org.coplms.dataprep;

import java.io.Serializable;

/** A place for an item: a split of one device, or of the server. */
record Slot(String split, int device) implements Serializable {
  static Slot server(String split) {
    return new Slot(split, ExampleSchema.SERVER_ID);
  }

  boolean onServer() {
    return device == ExampleSchema.SERVER_ID;
  }
}
