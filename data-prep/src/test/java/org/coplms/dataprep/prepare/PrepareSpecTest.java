package org.coplms.dataprep.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.coplms.dataprep.files.Columns;
import org.coplms.dataprep.partition.ColumnPartitionSpec;
import org.coplms.dataprep.partition.DirichletPartitionSpec;
import org.coplms.dataprep.partition.IidPartitionSpec;
import org.coplms.dataprep.partition.PathologicalPartitionSpec;
import org.coplms.dataprep.partition.QuantityPartitionSpec;
import org.junit.jupiter.api.Test;

class PrepareSpecTest {
  private static final CldrSpec CLDR = CldrSpec.benchmark(150);

  @Test
  void allProblemsOfARecordAreListedTogether() {
    assertThatThrownBy(() -> new PrepareSpec(1, CLDR, 0, -1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("devices must be at least 1, got 0")
        .hasMessageContaining("alpha must be positive and finite, got -1.0")
        .hasMessageContaining("minDevicesPerDomain must not exceed the number of devices 0, got 2");
  }

  @Test
  void languagesMustBeSpelledOnceEach() {
    assertThatThrownBy(
            () ->
                new CldrSpec(
                    List.of("en", "xx"),
                    List.of("en"),
                    CLDR.perLanguage(),
                    CLDR.perDevice(),
                    CLDR.mixture()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("repeats a value: [en, xx, en]")
        .hasMessageContaining("'xx'");
  }

  @Test
  void sharesMustLeaveSomethingToTheDevices() {
    assertThatThrownBy(() -> new FilesSpec.ServerShares(0.5, 0.6, 0.4, 0.1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("pretrainSlm is taken from pretrain and must not exceed 0.5, got 0.6")
        .hasMessageContaining("must leave something to the devices, got 1.0");
    assertThatThrownBy(() -> new FilesSpec.DeviceShares(0.8, 0.1, 0.2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("must be 1, got 1.1");
  }

  @Test
  void theJsonTellsSpecificationsApart() {
    PrepareSpec spec = new PrepareSpec(1, CLDR, 4, 0.7);
    assertThat(spec.toJson())
        .isEqualTo(new PrepareSpec(1, CldrSpec.benchmark(150), 4, 0.7).toJson())
        .isNotEqualTo(new PrepareSpec(2, CLDR, 4, 0.7).toJson())
        .isNotEqualTo(new PrepareSpec(1, CldrSpec.benchmark(151), 4, 0.7).toJson())
        .isNotEqualTo(new PrepareSpec(1, FilesSpec.of("a.jsonl", 0.7), 4, 0.7).toJson());
  }

  @Test
  void theJsonNamesEveryValue() {
    assertThat(new PrepareSpec(1, CLDR, 4, 0.7).toJson())
        .isEqualTo(
            "{\"alpha\":0.7,\"devices\":4,\"maxQuarantineShare\":0.01,\"seed\":1,\"source\":{\"deviceOnly\":[\"de\",\"sv\",\"id\"],"
                + "\"known\":[\"en\",\"fr\",\"es\",\"pt\"],\"mixture\":{\"deviceOnlyShare\":0.65,"
                + "\"minDevicesPerDomain\":2,\"minShare\":0.1},\"perDevice\":{\"test\":100,"
                + "\"train\":150,\"validation\":100},\"perLanguage\":{\"pretrain\":400,"
                + "\"pretrainSlm\":40,\"publicExamples\":50,\"test\":40},\"kind\":\"cldr\"}}");
  }

  @Test
  void thePartitionIsPartOfTheJson() {
    List<String> specifications =
        List.of(
                new DirichletPartitionSpec(0.7),
                new QuantityPartitionSpec(0.7),
                new IidPartitionSpec(),
                new PathologicalPartitionSpec(2),
                new ColumnPartitionSpec("site"))
            .stream()
            .map(partition -> FilesSpecs.of("a.jsonl", 0.7).partition(partition).build())
            .map(spec -> new PrepareSpec(1, spec, 4, 0.7).toJson())
            .toList();
    assertThat(specifications).doesNotHaveDuplicates();
  }

  @Test
  void onlyThePartitionNamesTheDevicesColumn() {
    FilesSpecs spec =
        FilesSpecs.of("a.jsonl", 0.7)
            .columns(new Columns("prompt", "response", "domain", "id", "site"));
    assertThatThrownBy(spec::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("columns.device must be empty");
  }

  @Test
  void differencesAreNamed() {
    assertThat(
            SpecJson.differences(
                new PrepareSpec(1, CLDR, 4, 0.7).toJson(),
                new PrepareSpec(1, CldrSpec.benchmark(200), 4, 1.0).toJson()))
        .containsExactly(
            "alpha: 0.7 there, 1.0 here", "source.perDevice.train: 150 there, 200 here");
  }
}
