package org.coplms.proxy.lora;

import java.io.Serializable;
import java.util.List;
import java.util.Optional;

/**
 * Which linear modules get a low-rank update W + (alpha / rank)·B·A, and of what rank.
 *
 * @param dropout rate at which inputs of A are dropped while training, 0 ≤ dropout &lt; 1
 * @param targets module names or their last parts such as {@code q_proj}, or only {@link
 *     #ALL_LINEAR}
 */
public record LoraConfig(int rank, double alpha, double dropout, List<String> targets)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Every linear module of the blocks; not the output head. */
  public static final String ALL_LINEAR = "all-linear";

  /** Checks the ranges. */
  public LoraConfig {
    if (rank <= 0) {
      throw new IllegalArgumentException("lora.rank must be positive, got " + rank);
    }
    if (!(alpha > 0) || Double.isInfinite(alpha)) {
      throw new IllegalArgumentException("lora.alpha must be positive, got " + alpha);
    }
    if (!(dropout >= 0 && dropout < 1)) {
      throw new IllegalArgumentException("lora.dropout must be in [0, 1), got " + dropout);
    }
    if (targets.isEmpty()) {
      throw new IllegalArgumentException(
          "lora.targets is empty; name modules such as q_proj, or %s".formatted(ALL_LINEAR));
    }
    targets = List.copyOf(targets);
  }

  /** The factor of B·A. */
  public double scaling() {
    return alpha / rank;
  }

  /** Whether the module of this full name is adapted. */
  public boolean matches(String module) {
    return targets.stream().anyMatch(target -> matches(target, module));
  }

  /** The first target that is none of these modules, if there is one. */
  public Optional<String> firstUnmatched(List<String> modules) {
    return targets.stream()
        .filter(target -> modules.stream().noneMatch(module -> matches(target, module)))
        .findFirst();
  }

  private static boolean matches(String target, String module) {
    return target.equals(ALL_LINEAR) || module.equals(target) || module.endsWith("." + target);
  }
}
