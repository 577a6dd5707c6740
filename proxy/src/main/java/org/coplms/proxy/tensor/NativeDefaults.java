package org.coplms.proxy.tensor;

/** Defaults of the native libraries that must be set before they are loaded. */
public final class NativeDefaults {
  private NativeDefaults() {}

  /**
   * Sets what the user has set neither as an environment variable nor as a system property: no GPU
   * build of the tokenizer library, which would be downloaded and is not needed; and no report of
   * DJL's to its makers, which it sends from EC2 machines.
   */
  public static void set() {
    setUnlessGiven("RUST_FLAVOR", "cpu");
    setUnlessGiven("OPT_OUT_TRACKING", "true");
  }

  private static void setUnlessGiven(String name, String value) {
    if (System.getenv(name) == null && System.getProperty(name) == null) {
      System.setProperty(name, value);
    }
  }
}
