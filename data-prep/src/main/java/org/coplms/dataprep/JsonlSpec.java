package org.coplms.dataprep;

import java.io.Serializable;
import java.util.List;

/**
 * A user's own examples: one JSON object per line with {@code prompt}, {@code response} or {@code
 * responses}, {@code domain} and, optionally, {@code id}. Blank lines are skipped.
 *
 * @param path a file, folder or glob on any Hadoop file system
 * @param deviceOnlyDomains domains kept out of pretraining and public data
 * @param minTrainPerDevice the partition is redrawn until every device has as many examples to
 *     train on
 */
public record JsonlSpec(
    String path,
    List<String> deviceOnlyDomains,
    ServerShares server,
    DeviceShares device,
    int minTrainPerDevice)
    implements SourceSpec {
  private static final long serialVersionUID = 1L;

  public JsonlSpec {
    deviceOnlyDomains = List.copyOf(deviceOnlyDomains);
    Problems problems = new Problems();
    problems.require(path != null && !path.isBlank(), "path of the JSONL source is missing");
    problems.requireDistinct("deviceOnlyDomains", deviceOnlyDomains);
    problems.requireAtLeast(1, "minTrainPerDevice", minTrainPerDevice);
    problems.throwIfAny();
  }

  /** No pretraining; 10 % public, 5 % for the all-domain test, the rest on devices 80/10/10. */
  public static JsonlSpec of(String path) {
    return new JsonlSpec(
        path, List.of(), new ServerShares(0, 0, 0.10, 0.05), new DeviceShares(0.8, 0.1, 0.1), 10);
  }

  @Override
  public String kind() {
    return "jsonl";
  }

  /**
   * Shares of each domain that stay on the server; what is left goes to the devices.
   *
   * @param pretrainSlm share of the domain for the SLMs, part of {@code pretrain}
   */
  public record ServerShares(double pretrain, double pretrainSlm, double publicShare, double test)
      implements Serializable {
    public ServerShares {
      Problems problems = new Problems();
      problems.requireShare("pretrain", pretrain);
      problems.requireShare("pretrainSlm", pretrainSlm);
      problems.requireShare("publicShare", publicShare);
      problems.requireShare("test", test);
      problems.require(
          pretrainSlm <= pretrain,
          "pretrainSlm is taken from pretrain and must not exceed %s, got %s"
              .formatted(pretrain, pretrainSlm));
      problems.require(
          pretrain + publicShare + test < 1,
          "pretrain + publicShare + test must leave something to the devices, got %s"
              .formatted(pretrain + publicShare + test));
      problems.throwIfAny();
    }
  }

  /** Shares of each device's examples; they sum to 1. */
  public record DeviceShares(double train, double validation, double test) implements Serializable {
    public DeviceShares {
      Problems problems = new Problems();
      problems.requireShare("train", train);
      problems.requireShare("validation", validation);
      problems.requireShare("test", test);
      problems.require(train > 0, "train must be positive, got %s".formatted(train));
      problems.require(
          Math.abs(train + validation + test - 1) < 1e-9,
          "train + validation + test must be 1, got %s".formatted(train + validation + test));
      problems.throwIfAny();
    }

    double[] toArray() {
      return new double[] {train, validation, test};
    }
  }
}
