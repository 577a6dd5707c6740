package org.coplms.dataprep.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.assertj.core.data.Offset;
import org.coplms.dataprep.KeyedSeed;
import org.coplms.dataprep.PreparationException;
import org.junit.jupiter.api.Test;

class PartitionPlanTest {
  @Property(tries = 300)
  void everyItemIsOnOneDevice(
      @ForAll("specs") PartitionSpec spec,
      @ForAll long seed,
      @ForAll @IntRange(min = 5, max = 12) int devices,
      @ForAll @Size(min = 2, max = 8) List<@LongRange(min = 0, max = 5_000) Long> sizes) {
    SortedMap<String, Long> items = domains(sizes);
    SortedMap<String, long[]> plan = new PartitionPlan(spec, seed, devices, items).draw(0);
    assertThat(plan.keySet()).isEqualTo(items.keySet());
    plan.forEach(
        (domain, perDevice) -> {
          assertThat(perDevice).hasSize(devices);
          assertThat(Arrays.stream(perDevice).allMatch(n -> n >= 0)).isTrue();
          assertThat(Arrays.stream(perDevice).sum()).isEqualTo(items.get(domain));
        });
  }

  @Property(tries = 100)
  void everyDeviceHasTheMinimumAndTheSameSeedGivesTheSamePlan(
      @ForAll("specs") PartitionSpec spec, @ForAll long seed) {
    SortedMap<String, Long> items = domains(List.of(400L, 300L, 200L));
    SortedMap<String, long[]> plan = new PartitionPlan(spec, seed, 4, items).withAtLeast(30);
    assertThat(totals(plan)).hasSize(4);
    assertThat(Arrays.stream(totals(plan)).min().orElseThrow()).isGreaterThanOrEqualTo(30);
    assertThat(new PartitionPlan(spec, seed, 4, items).withAtLeast(30))
        .usingRecursiveComparison()
        .isEqualTo(plan);
  }

  @Property(tries = 100)
  void equalSharesDifferByOneAtMost(
      @ForAll @IntRange(min = 1, max = 12) int devices,
      @ForAll @Size(min = 1, max = 8) List<@LongRange(min = 0, max = 100) Long> sizes) {
    SortedMap<String, long[]> plan =
        new PartitionPlan(new IidPartitionSpec(), 1, devices, domains(sizes)).draw(0);
    plan.values().forEach(PartitionPlanTest::assertWithinOne);
    assertWithinOne(totals(plan));
  }

  @Property(tries = 200)
  void aDealtDeviceHoldsFewDomainsAndEveryDomainIsPlaced(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 12) int devices,
      @ForAll @IntRange(min = 1, max = 8) int domains,
      @ForAll @IntRange(min = 1, max = 8) int domainsPerDevice) {
    int held = Math.max(Math.min(domainsPerDevice, domains), (domains + devices - 1) / devices);
    SortedMap<String, Long> items =
        domains(IntStream.range(0, domains).mapToObj(i -> 1_000L).toList());
    SortedMap<String, long[]> plan =
        new PartitionPlan(new PathologicalPartitionSpec(held), seed, devices, items).draw(0);
    for (int device = 0; device < devices; device++) {
      int number = device;
      assertThat(plan.values().stream().filter(sizes -> sizes[number] > 0)).hasSize(held);
    }
    long[] holders =
        plan.values().stream()
            .mapToLong(sizes -> Arrays.stream(sizes).filter(n -> n > 0).count())
            .toArray();
    assertThat(Arrays.stream(holders).min().orElseThrow()).isPositive();
    assertWithinOne(holders);
    plan.values()
        .forEach(sizes -> assertWithinOne(Arrays.stream(sizes).filter(n -> n > 0).toArray()));
  }

  @Test
  void dirichletCutsEachDomainAtTheFloorsOfItsOwnShares() {
    SortedMap<String, long[]> plan =
        new PartitionPlan(new DirichletPartitionSpec(0.7), 9, 3, domains(List.of(50L, 70L)))
            .draw(4);
    assertThat(plan.get("d1"))
        .isEqualTo(
            Apportionment.cuts(
                new Dirichlet(0.7, KeyedSeed.of(9, "partition 4", "d1")).draw(3), 70));
  }

  @Test
  void quantitySkewGivesEveryDomainTheSameShares() {
    SortedMap<String, long[]> plan =
        new PartitionPlan(
                new QuantityPartitionSpec(0.5), 3, 4, domains(List.of(100_000L, 1_000_000L)))
            .draw(0);
    for (int device = 0; device < 4; device++) {
      assertThat(plan.get("d0")[device] / 1e5)
          .isCloseTo(plan.get("d1")[device] / 1e6, Offset.offset(2e-5));
    }
    assertThat(Arrays.stream(totals(plan)).max().orElseThrow())
        .isGreaterThan(2 * Arrays.stream(totals(plan)).min().orElseThrow());
  }

  @Test
  void quantitySkewIsFairToManySmallDomains() {
    SortedMap<String, Long> single = domains(IntStream.range(0, 3_000).mapToObj(i -> 1L).toList());
    SortedMap<String, Long> one = domains(List.of(3_000L));
    PartitionSpec spec = new QuantityPartitionSpec(2);
    long[] small = totals(new PartitionPlan(spec, 5, 4, single).draw(0));
    long[] large = totals(new PartitionPlan(spec, 5, 4, one).draw(0));
    for (int device = 0; device < 4; device++) {
      // Five standard deviations of a binomial of 3,000 draws.
      assertThat(small[device]).isCloseTo(large[device], Offset.offset(137L));
    }
  }

  @Test
  void aMinimumOutOfReachNamesTheNumbersAndTheRemedy() {
    SortedMap<String, Long> items = domains(List.of(10L, 20L));
    assertThatThrownBy(
            () -> new PartitionPlan(new DirichletPartitionSpec(0.5), 1, 3, items).withAtLeast(20))
        .isInstanceOf(PreparationException.class)
        .hasMessage(
            "No dirichlet partition in 1,000 draws gives each of 3 devices at least 20 items (30"
                + " items in 2 domains, alpha 0.5); lower devices or the minimum, raise alpha, or"
                + " add data");
    assertThatThrownBy(() -> new PartitionPlan(new IidPartitionSpec(), 1, 4, items).withAtLeast(8))
        .hasMessage(
            "No iid partition in 1 draws gives each of 4 devices at least 8 items (30 items in 2"
                + " domains); lower devices or the minimum, or add data");
    assertThatThrownBy(
            () -> new PartitionPlan(new PathologicalPartitionSpec(1), 1, 2, items).withAtLeast(11))
        .hasMessageContaining("(30 items in 2 domains, 1 to a device); lower")
        .hasMessageContaining("raise domainsPerDevice, or add data");
    assertThatThrownBy(
            () -> new PartitionPlan(new QuantityPartitionSpec(0.5), 1, 3, items).withAtLeast(20))
        .hasMessageContaining("alpha 0.5); lower devices or the minimum, raise alpha");
  }

  @Test
  void domainsThatCannotBeDealtAreRefused() {
    SortedMap<String, Long> items = domains(List.of(10L, 20L, 30L));
    assertThatThrownBy(() -> new PartitionPlan(new PathologicalPartitionSpec(4), 1, 3, items))
        .isInstanceOf(PreparationException.class)
        .hasMessage(
            "Each device is to hold 4 domains, but there are only 3: [d0, d1, d2]; lower"
                + " domainsPerDevice or add domains");
    assertThatThrownBy(() -> new PartitionPlan(new PathologicalPartitionSpec(1), 1, 2, items))
        .isInstanceOf(PreparationException.class)
        .hasMessage(
            "2 devices with 1 domains each have no place for 3 domains; raise devices or"
                + " domainsPerDevice to 3 places or more");
  }

  @Test
  void specificationsThatMakeNoSenseAreRefused() {
    assertThatThrownBy(() -> new DirichletPartitionSpec(0))
        .hasMessage("alpha must be positive and finite, got 0.0");
    assertThatThrownBy(() -> new QuantityPartitionSpec(Double.NaN))
        .hasMessage("alpha must be positive and finite, got NaN");
    assertThatThrownBy(() -> new PathologicalPartitionSpec(0))
        .hasMessage("domainsPerDevice must be at least 1, got 0");
    assertThatThrownBy(() -> new ColumnPartitionSpec(" "))
        .hasMessage("column of the partition by column is missing");
    assertThatThrownBy(() -> new PartitionPlan(new IidPartitionSpec(), 1, 0, domains(List.of(1L))))
        .hasMessage("devices must be at least 1, got 0");
    assertThatThrownBy(
            () -> new PartitionPlan(new ColumnPartitionSpec("site"), 1, 1, domains(List.of(1L))))
        .hasMessage("The devices are in column 'site' of the data; no partition is drawn");
  }

  @Provide
  static Arbitrary<PartitionSpec> specs() {
    return Arbitraries.oneOf(
        Arbitraries.doubles().between(0.3, 20).map(DirichletPartitionSpec::new),
        Arbitraries.just(new IidPartitionSpec()),
        Arbitraries.doubles().between(0.3, 20).map(QuantityPartitionSpec::new),
        Arbitraries.just(new PathologicalPartitionSpec(2)));
  }

  private static SortedMap<String, Long> domains(List<Long> sizes) {
    SortedMap<String, Long> items = new TreeMap<>();
    for (int i = 0; i < sizes.size(); i++) {
      items.put("d" + i, sizes.get(i));
    }
    return items;
  }

  private static long[] totals(SortedMap<String, long[]> plan) {
    long[] totals = new long[plan.get(plan.firstKey()).length];
    plan.values().forEach(sizes -> Arrays.setAll(totals, i -> totals[i] + sizes[i]));
    return totals;
  }

  private static void assertWithinOne(long[] counts) {
    LongSummaryStatistics range = Arrays.stream(counts).summaryStatistics();
    assertThat(range.getMax() - range.getMin()).isLessThanOrEqualTo(1);
  }
}
