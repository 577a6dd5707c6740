package org.coplms.udfs.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CgroupLimitTest {
  @TempDir Path root;

  @Test
  void theTightestLimitAboveTheProcessCounts() throws IOException {
    write("proc/self/cgroup", "0::/pods/pod-1/main\n");
    write("sys/fs/cgroup/pods/pod-1/main/memory.max", "max\n");
    write("sys/fs/cgroup/pods/pod-1/memory.max", "4294967296\n");
    write("sys/fs/cgroup/pods/memory.max", "8589934592\n");
    assertThat(CgroupLimit.of(root)).hasValue(4L << 30);
  }

  @Test
  void aContainersOwnTopIsReadWhereItsPathIsTheHosts() throws IOException {
    write("proc/self/cgroup", "0::/../../other\n");
    write("sys/fs/cgroup/memory.max", "2147483648\n");
    assertThat(CgroupLimit.of(root)).isEmpty();
    write("proc/self/cgroup", "0::/\n");
    assertThat(CgroupLimit.of(root)).hasValue(2L << 30);
  }

  @Test
  void theFirstVersionHasAGroupForMemory() throws IOException {
    write("proc/self/cgroup", "4:memory:/docker/7\n3:cpu,cpuacct:/docker/7\n");
    write("sys/fs/cgroup/memory/memory.limit_in_bytes", "1073741824\n");
    assertThat(CgroupLimit.of(root)).hasValue(1L << 30);
  }

  @Test
  void noGroupAndNoLimitAreNoLimit() throws IOException {
    assertThat(CgroupLimit.of(root)).isEmpty();
    write("proc/self/cgroup", "0::/user.slice\n");
    write("sys/fs/cgroup/user.slice/memory.max", "max\n");
    assertThat(CgroupLimit.of(root)).isEmpty();
  }

  private void write(String file, String text) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }
}
