package org.coplms.dataprep.prepare;

import java.io.Serializable;
import java.util.List;
import org.coplms.dataprep.Problems;
import org.coplms.dataprep.domains.DiscoverySpec;
import org.coplms.dataprep.files.Cleaning;
import org.coplms.dataprep.files.Columns;
import org.coplms.dataprep.files.CsvOptions;
import org.coplms.dataprep.files.DomainFrom;
import org.coplms.dataprep.files.FileFormat;
import org.coplms.dataprep.files.Layout;
import org.coplms.dataprep.files.ReadSpec;
import org.coplms.dataprep.partition.ColumnPartitionSpec;
import org.coplms.dataprep.partition.DirichletPartitionSpec;
import org.coplms.dataprep.partition.PartitionSpec;

/**
 * A user's own files.
 *
 * @param path a file, folder or glob on any Hadoop file system
 * @param discover how domains are found where {@code domain} says so
 * @param deviceOnlyDomains domains kept out of pretraining and public data
 * @param minPerDevice the partition is redrawn until every device has as many examples, over all
 *     its splits
 */
public record FilesSpec(
    String path,
    FileFormat format,
    Layout layout,
    Columns columns,
    CsvOptions csv,
    DomainFrom domain,
    Cleaning clean,
    NearDuplicateSpec nearDuplicates,
    DiscoverySpec discover,
    PartitionSpec partition,
    List<String> deviceOnlyDomains,
    ServerShares server,
    DeviceShares device,
    int minPerDevice)
    implements SourceSpec {
  private static final long serialVersionUID = 1L;

  public FilesSpec {
    deviceOnlyDomains = List.copyOf(deviceOnlyDomains);
    Problems problems = new Problems();
    problems.require(
        path != null && !path.isBlank(), "path is missing: name a file, folder or glob");
    problems.requireDistinct("deviceOnlyDomains", deviceOnlyDomains);
    problems.requireAtLeast(1, "minPerDevice", minPerDevice);
    problems.require(
        columns == null || columns.device().isEmpty(),
        "columns.device must be empty: partition { type = column, column = … } names the column of the devices");
    problems.throwIfAny();
  }

  /**
   * Records with prompt, response, domain; near duplicates left out; label skew of the given
   * concentration; 10 % public, 5 % for the all-domain test, the rest on devices 80/10/10.
   */
  public static FilesSpec of(String path, double alpha) {
    return new FilesSpec(
        path,
        FileFormat.AUTO,
        Layout.COLUMNS,
        Columns.defaults(),
        CsvOptions.defaults(),
        DomainFrom.COLUMN,
        Cleaning.defaults(),
        new NearDuplicateSpec(0.8, 5),
        DiscoverySpec.defaults(),
        new DirichletPartitionSpec(alpha),
        List.of(),
        new ServerShares(0, 0, 0.10, 0.05),
        new DeviceShares(0.8, 0.1, 0.1),
        10);
  }

  @Override
  public String kind() {
    return "files";
  }

  /** What of it is about reading; the partition may name the column of the devices. */
  ReadSpec reading() {
    Columns read =
        partition instanceof ColumnPartitionSpec byColumn
            ? new Columns(
                columns.prompt(),
                columns.response(),
                columns.domain(),
                columns.id(),
                byColumn.column())
            : columns;
    return new ReadSpec(path, format, layout, read, csv, domain, clean);
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
