package org.coplms.jobs;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/**
 * Local files under {@code flaky:}, where the first write of each learned state breaks off in the
 * middle, as object stores do.
 */
public final class FlakyFileSystem extends RawLocalFileSystem {
  static final String SCHEME = "flaky";
  static final String PROPERTY = "spark.hadoop.fs." + SCHEME + ".impl";

  private static final Set<String> BROKEN = ConcurrentHashMap.newKeySet();

  /** Names of the files whose first write broke off, and forgets them. */
  static Set<String> takeBroken() {
    Set<String> broken = Set.copyOf(BROKEN);
    BROKEN.clear();
    return broken;
  }

  @Override
  public URI getUri() {
    return URI.create(SCHEME + ":///");
  }

  @Override
  public FSDataOutputStream create(
      Path file,
      FsPermission permission,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    return flaky(
        file,
        super.create(file, permission, overwrite, bufferSize, replication, blockSize, progress));
  }

  @Override
  public FSDataOutputStream create(
      Path file,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    return flaky(file, super.create(file, overwrite, bufferSize, replication, blockSize, progress));
  }

  private static FSDataOutputStream flaky(Path file, FSDataOutputStream out) throws IOException {
    boolean state =
        file.getName().endsWith(".safetensors") && !file.getName().equals("proxy.safetensors");
    return state && BROKEN.add(file.getName())
        ? new FSDataOutputStream(new BreakingOff(out), null)
        : out;
  }

  /** Writes half of what it is given, then fails. */
  private static final class BreakingOff extends FilterOutputStream {
    BreakingOff(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length / 2);
      throw new IOException("connection reset");
    }
  }
}
