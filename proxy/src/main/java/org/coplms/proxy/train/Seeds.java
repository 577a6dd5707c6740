package org.coplms.proxy.train;

/**
 * Seeds of a run's parts: the same (run, round, device, purpose) always draws the same numbers, so
 * a retried task repeats itself exactly, and different ones are unrelated.
 */
public final class Seeds {
  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;
  private static final long FNV_OFFSET = 0xCBF29CE484222325L;
  private static final long FNV_PRIME = 0x100000001B3L;

  private Seeds() {}

  /**
   * A seed for one purpose.
   *
   * @param deviceId the edge device, −1 for the server
   */
  public static long of(long runSeed, int round, int deviceId, String purpose) {
    long seed = mix(runSeed);
    seed = mix(seed ^ round);
    seed = mix(seed ^ deviceId);
    return mix(seed ^ fnv1a(purpose));
  }

  /** The seed of element {@code index} of a sequence that {@code seed} starts. */
  public static long at(long seed, long index) {
    return mix(mix(seed) ^ index);
  }

  /** The finalizer of SplitMix64 (Steele, Lea and Flood 2014) after one step of its counter. */
  private static long mix(long value) {
    long z = value + GOLDEN_GAMMA;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** FNV-1a over the UTF-16 units. */
  private static long fnv1a(String text) {
    long hash = FNV_OFFSET;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * FNV_PRIME;
    }
    return hash;
  }
}
