package org.coplms.udfs.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/**
 * The tightest memory limit of this process's control group and of those above it.
 *
 * <p>Java 17 reads the limit of the group itself only; a limit of a pod or a slice is one above.
 */
final class CgroupLimit {
  private static final Path MOUNT = Path.of("sys/fs/cgroup");
  private static final String VERSION_2 = "0::";

  private CgroupLimit() {}

  /**
   * In bytes; empty where there is no limit or no control group.
   *
   * @param root of the file system
   */
  static OptionalLong of(Path root) {
    Path groups = root.resolve("proc/self/cgroup");
    try {
      List<String> lines = Files.exists(groups) ? Files.readAllLines(groups) : List.of();
      return lines.stream()
          .filter(line -> line.startsWith(VERSION_2) || isMemory(line))
          .mapToLong(line -> tightest(line, root.resolve(MOUNT)))
          .filter(limit -> limit < Long.MAX_VALUE)
          .min();
    } catch (IOException e) {
      return OptionalLong.empty(); // no answer is no limit: the JVM's own figure remains
    }
  }

  private static boolean isMemory(String line) {
    return List.of(line.split(":", 3)[1].split(",")).contains("memory");
  }

  private static long tightest(String line, Path mount) {
    boolean second = line.startsWith(VERSION_2);
    Path top = second ? mount : mount.resolve("memory");
    String file = second ? "memory.max" : "memory.limit_in_bytes";
    Path group = top.resolve(line.split(":", 3)[2].substring(1)).normalize();
    long limit = Long.MAX_VALUE;
    // In a container the path may be that of the host, of which only the top is visible.
    for (Path at = group; at != null && at.startsWith(top); at = at.getParent()) {
      limit = Math.min(limit, read(at.resolve(file)));
    }
    return limit;
  }

  private static long read(Path file) {
    try {
      return Files.isReadable(file)
          ? Long.parseLong(Files.readString(file).strip())
          : Long.MAX_VALUE;
    } catch (IOException | NumberFormatException e) {
      return Long.MAX_VALUE; // "max"
    }
  }
}
