package org.coplms.dataprep.duplicates;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** A row as a member of a group. */
final class Member {
  private final String id;
  private final String side;
  private final long order;
  private final int[] shingles;

  /**
   * @param side null where rows have no side
   * @param shingles ascending, each once
   */
  Member(String id, String side, long order, int[] shingles) {
    this.id = id;
    this.side = side;
    this.order = order;
    this.shingles = shingles;
  }

  String id() {
    return id;
  }

  String side() {
    return side;
  }

  long order() {
    return order;
  }

  int[] shingles() {
    return shingles;
  }

  void write(DataOutput out) throws IOException {
    write(id, out);
    out.writeBoolean(side != null);
    if (side != null) {
      write(side, out);
    }
    out.writeLong(order);
    out.writeInt(shingles.length);
    for (int shingle : shingles) {
      out.writeInt(shingle);
    }
  }

  static Member read(DataInput in) throws IOException {
    String id = readText(in);
    String side = in.readBoolean() ? readText(in) : null;
    long order = in.readLong();
    int[] shingles = new int[in.readInt()];
    for (int i = 0; i < shingles.length; i++) {
      shingles[i] = in.readInt();
    }
    return new Member(id, side, order, shingles);
  }

  private static void write(String text, DataOutput out) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static String readText(DataInput in) throws IOException {
    byte[] bytes = new byte[in.readInt()];
    in.readFully(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
