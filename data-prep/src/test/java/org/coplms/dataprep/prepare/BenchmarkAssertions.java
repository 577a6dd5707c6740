package org.coplms.dataprep.prepare;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.coplms.dataprep.DataStatistics;
import org.coplms.dataprep.ExampleSchema;
import org.coplms.dataprep.Splits;

/** What prepared data of a built-in source must hold, whatever its domains. */
final class BenchmarkAssertions {
  private BenchmarkAssertions() {}

  static void everySplitHasItsSize(DataStatistics statistics, BuiltInSpec source) {
    DomainCounts each = source.perDomain();
    long known = source.known().size();
    assertThat(statistics.serverRows(Splits.PRETRAIN)).isEqualTo(known * each.pretrain());
    assertThat(statistics.serverRows(Splits.PRETRAIN_SLM)).isEqualTo(known * each.pretrainSlm());
    assertThat(statistics.serverRows(Splits.PUBLIC)).isEqualTo(known * each.publicExamples());
    assertThat(statistics.serverRows(Splits.TEST))
        .isEqualTo((long) source.domains().size() * each.test());
    for (int device : statistics.devices()) {
      assertThat(statistics.deviceRows(device, Splits.TRAIN)).isEqualTo(source.perDevice().train());
      assertThat(statistics.deviceRows(device, Splits.VALIDATION))
          .isEqualTo(source.perDevice().validation());
      assertThat(statistics.deviceRows(device, Splits.TEST)).isEqualTo(source.perDevice().test());
    }
  }

  static void deviceOnlyDomainsAreOnDevicesAndInTheTestAlone(
      DataStatistics statistics, BuiltInSpec source) {
    for (String domain : source.deviceOnly()) {
      for (String split : List.of(Splits.PRETRAIN, Splits.PRETRAIN_SLM, Splits.PUBLIC)) {
        assertThat(statistics.rows(ExampleSchema.SERVER_ID, split, domain)).isZero();
      }
      assertThat(statistics.rows(ExampleSchema.SERVER_ID, Splits.TEST, domain))
          .isEqualTo(source.perDomain().test());
      double least = source.mixture().minShare() * source.perDevice().train();
      assertThat(statistics.trainMatrix().get(domain).values())
          .filteredOn(rows -> rows >= Math.floor(least))
          .hasSizeGreaterThanOrEqualTo(source.mixture().minDevicesPerDomain());
    }
  }
}
