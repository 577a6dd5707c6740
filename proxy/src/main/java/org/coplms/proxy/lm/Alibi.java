package org.coplms.proxy.lm;

import org.coplms.proxy.tensor.HostTensor;

/**
 * Attention with linear biases (Press et al. 2022): head h's scores of position s grow by m_h·s,
 * which softmax takes for the usual −m_h·distance.
 *
 * <p>The slopes of 2^n heads are the powers 1, 2, … of 2^(−8/2^n). Any other number of heads takes
 * those of the next smaller power of two, then every other one of the next larger.
 */
final class Alibi {
  private Alibi() {}

  /** (heads, 1, 1, tokens): m_h·s. */
  static HostTensor table(int heads, int tokens) {
    float[] values = new float[heads * tokens];
    float[] slopes = slopes(heads);
    for (int head = 0; head < heads; head++) {
      for (int s = 0; s < tokens; s++) {
        values[head * tokens + s] = slopes[head] * s;
      }
    }
    return HostTensor.wrap(new long[] {heads, 1, 1, tokens}, values);
  }

  static float[] slopes(int heads) {
    int power = Integer.highestOneBit(heads);
    float[] slopes = new float[heads];
    for (int head = 0; head < heads; head++) {
      slopes[head] =
          head < power
              ? (float) Math.pow(2, -8.0 * (head + 1) / power)
              : (float) Math.pow(2, -8.0 * (2 * (head - power) + 1) / (2 * power));
    }
    return slopes;
  }
}
