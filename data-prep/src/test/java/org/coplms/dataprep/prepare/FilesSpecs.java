package org.coplms.dataprep.prepare;

import java.util.List;
import org.coplms.dataprep.files.Columns;
import org.coplms.dataprep.files.DomainFrom;
import org.coplms.dataprep.partition.PartitionSpec;

/** A {@link FilesSpec} of which a test changes some values. */
final class FilesSpecs {
  private final FilesSpec usual;
  private Columns columns;
  private DomainFrom domain;
  private NearDuplicateSpec nearDuplicates;
  private PartitionSpec partition;
  private List<String> deviceOnlyDomains;
  private FilesSpec.ServerShares server;
  private int minPerDevice;

  private FilesSpecs(FilesSpec usual) {
    this.usual = usual;
    this.columns = usual.columns();
    this.domain = usual.domain();
    this.nearDuplicates = usual.nearDuplicates();
    this.partition = usual.partition();
    this.deviceOnlyDomains = usual.deviceOnlyDomains();
    this.server = usual.server();
    this.minPerDevice = usual.minPerDevice();
  }

  static FilesSpecs of(String path, double alpha) {
    return new FilesSpecs(FilesSpec.of(path, alpha));
  }

  FilesSpecs columns(Columns changed) {
    columns = changed;
    return this;
  }

  FilesSpecs domain(DomainFrom changed) {
    domain = changed;
    return this;
  }

  FilesSpecs keepingNearDuplicates() {
    nearDuplicates = new NearDuplicateSpec(0, 5);
    return this;
  }

  FilesSpecs partition(PartitionSpec changed) {
    partition = changed;
    return this;
  }

  FilesSpecs deviceOnly(String... domains) {
    deviceOnlyDomains = List.of(domains);
    return this;
  }

  FilesSpecs server(FilesSpec.ServerShares changed) {
    server = changed;
    return this;
  }

  FilesSpecs minPerDevice(int changed) {
    minPerDevice = changed;
    return this;
  }

  FilesSpec build() {
    return new FilesSpec(
        usual.path(),
        usual.format(),
        usual.layout(),
        columns,
        usual.csv(),
        domain,
        usual.clean(),
        nearDuplicates,
        usual.discover(),
        partition,
        deviceOnlyDomains,
        server,
        usual.device(),
        minPerDevice);
  }
}
