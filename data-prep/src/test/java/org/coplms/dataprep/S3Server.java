package org.coplms.dataprep;

import java.net.URI;
import java.util.Map;
import org.gaul.s3proxy.AuthenticationType;
import org.gaul.s3proxy.S3Proxy;
import org.jclouds.ContextBuilder;
import org.jclouds.blobstore.BlobStoreContext;

/** An S3 server in this process whose buckets are in memory. */
public final class S3Server implements AutoCloseable {
  private static final String KEY = "key";
  private static final String SECRET = "secret";

  private final BlobStoreContext store;
  private final S3Proxy server;

  /** Starts with one empty bucket. */
  public S3Server(String bucket) throws Exception {
    store =
        ContextBuilder.newBuilder("transient")
            .credentials(KEY, SECRET)
            .buildView(BlobStoreContext.class);
    store.getBlobStore().createContainerInLocation(null, bucket);
    server =
        S3Proxy.builder()
            .blobStore(store.getBlobStore())
            .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, KEY, SECRET)
            .endpoint(URI.create("http://127.0.0.1:0"))
            .build();
    server.start();
  }

  /** What Hadoop needs for {@code s3a://} to lead here. */
  public Map<String, String> settings() {
    return Map.of(
        "fs.s3a.endpoint",
        "http://127.0.0.1:" + server.getPort(),
        "fs.s3a.access.key",
        KEY,
        "fs.s3a.secret.key",
        SECRET,
        "fs.s3a.path.style.access",
        "true");
  }

  @Override
  public void close() throws Exception {
    server.stop();
    store.close();
  }
}
