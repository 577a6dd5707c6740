package org.coplms.dataprep.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.coplms.dataprep.DataStatistics;
import org.coplms.dataprep.LocalSpark;
import org.coplms.dataprep.Splits;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What holds of both built-in sources. */
class BuiltInSpecTest {
  private static final DomainCounts FEW = new DomainCounts(30, 10, 10, 5);
  private static final DeviceCounts FEW_EACH = new DeviceCounts(20, 10, 10);
  private static final Mixture KNOWN_ALONE = new Mixture(0, 2, 0.1);

  private static final List<SourceSpec> WITHOUT_DEVICE_ONLY =
      List.of(
          new CldrSpec(List.of("en", "de"), List.of(), FEW, FEW_EACH, KNOWN_ALONE),
          new WordnetSpec(List.of("food", "body"), List.of(), FEW, FEW_EACH, KNOWN_ALONE));

  @TempDir Path folder;

  @Test
  @Tag("spark")
  void everyDomainMayBeKnown() {
    try (SparkSession spark = LocalSpark.start(2, 2)) {
      for (SourceSpec source : WITHOUT_DEVICE_ONLY) {
        String data = folder.resolve(source.kind()).toString();
        DataStatistics prepared =
            Preparation.prepare(spark, new PrepareSpec(3, source, 2, 0.7), data);
        assertThat(prepared.serverRows(Splits.PRETRAIN)).isEqualTo(60);
        assertThat(prepared.serverRows(Splits.PUBLIC)).isEqualTo(20);
        assertThat(prepared.serverRows(Splits.TEST)).isEqualTo(10);
        assertThat(prepared.devices())
            .allSatisfy(
                device -> assertThat(prepared.deviceRows(device, Splits.TRAIN)).isEqualTo(20));
      }
    }
  }

  @Test
  void aSpecificationTravels() throws Exception {
    for (SourceSpec source : WITHOUT_DEVICE_ONLY) {
      PrepareSpec spec = new PrepareSpec(3, source, 2, 0.7);
      assertThat(roundTrip(spec)).isEqualTo(spec);
    }
  }

  @Test
  void theJsonOfWordnetNamesEveryValue() {
    assertThat(new PrepareSpec(1, WordnetSpec.benchmark(150), 4, 0.7).toJson())
        .isEqualTo(
            "{\"alpha\":0.7,\"devices\":4,\"maxQuarantineShare\":0.01,\"seed\":1,\"source\":{\"deviceOnly\":[\"plant\",\"body\","
                + "\"location\"],\"known\":[\"animal\",\"artifact\",\"food\",\"substance\"],"
                + "\"mixture\":{\"deviceOnlyShare\":0.65,\"minDevicesPerDomain\":2,\"minShare\":0.1},"
                + "\"perDevice\":{\"test\":100,\"train\":150,\"validation\":100},\"perDomain\":{"
                + "\"pretrain\":400,\"pretrainSlm\":40,\"publicExamples\":50,\"test\":40},"
                + "\"kind\":\"wordnet\"}}");
  }

  @Test
  void unknownDomainsAreOneErrorWithTheValidOnes() {
    assertThatThrownBy(
            () ->
                new WordnetSpec(
                    List.of("en", "animal"), List.of("Tops"), FEW, FEW_EACH, new Mixture(1, 1, 0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no noun domain named [en, Tops]")
        .hasMessageContaining("[act, animal, artifact,");
  }

  @Test
  void theDeviceOnlyShareMustFitTheDomains() {
    assertThatThrownBy(
            () -> new WordnetSpec(List.of(), List.of("body"), FEW, FEW_EACH, new Mixture(0, 1, 0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("known must name at least one domain")
        .hasMessageContaining(
            "deviceOnlyShare must be 0 exactly when deviceOnly is empty, got 0.0");
  }

  private static Object roundTrip(Object value) throws IOException, ClassNotFoundException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(value);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      return in.readObject();
    }
  }
}
