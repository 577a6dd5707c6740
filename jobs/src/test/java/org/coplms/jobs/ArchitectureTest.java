package org.coplms.jobs;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDManager;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.io.Serializable;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.UUID;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.coplms.jobs.config.Settings;
import org.coplms.jobs.pipeline.RunContext;
import org.coplms.jobs.store.RunStore;

/** The directions between modules and packages, and what no code may do. */
@AnalyzeClasses(packages = "org.coplms", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String PROXY = "org.coplms.proxy..";
  private static final String UDFS = "org.coplms.udfs..";
  private static final String JOBS = "org.coplms.jobs..";
  private static final String DATA_PREP = "org.coplms.dataprep..";
  private static final String SPARK = "org.apache.spark..";

  /** Operations with an overload that takes a number. */
  private static final Set<String> SCALAR_OPERATIONS =
      Set.of(
          "add", "sub", "mul", "div", "pow", "mod", "maximum", "minimum", "addi", "subi", "muli",
          "divi", "powi", "modi");

  /** Copies that cut the graph, in DJL 0.35.1. */
  private static final Set<String> CUTS = Set.of("duplicate", "toType");

  /** Methods that copy what no gradient flows through, with the reason. */
  private static final Map<String, String> HARMLESS_CUTS =
      Map.of(
          "tensor.HostTensor.toArray", "uploads a host tensor",
          "lora.LoraDropout.apply", "uploads the mask, then multiplies by it",
          "mutual.PooledKl.upload", "uploads the peer's rows",
          "mutual.TopK.compute", "a peer's logits, recording is off",
          "lm.LockStep.inputIds", "uploads token ids, generation",
          "lm.KvCache.select", "row numbers, generation",
          "lm.NextToken.draw", "sampling",
          "lm.NextToken.positions", "sampling");

  @ArchTest
  static final ArchRule proxyKnowsNoSparkAndNoOtherModule =
      noClasses()
          .that()
          .resideInAPackage(PROXY)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(UDFS, JOBS, DATA_PREP, SPARK, "org.apache.hadoop..");

  @ArchTest
  static final ArchRule executorCodeKnowsProxyOnly =
      noClasses()
          .that()
          .resideInAPackage(UDFS)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(JOBS, DATA_PREP);

  @ArchTest
  static final ArchRule dataPreparationKnowsNoLearning =
      noClasses()
          .that()
          .resideInAPackage(DATA_PREP)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(PROXY, UDFS, JOBS, "ai.djl..");

  @ArchTest
  static final ArchRule proxyHasNoPackageCycle =
      slices().matching("org.coplms.proxy.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule dataPreparationHasNoPackageCycle =
      slices().matching("org.coplms.dataprep.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule whatAllOfDataPreparationKnowsStandsAlone =
      noClasses()
          .that()
          .resideInAPackage("org.coplms.dataprep")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.coplms.dataprep.*..");

  @ArchTest
  static final ArchRule udfsHaveNoPackageCycle =
      slices().matching("org.coplms.udfs.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule jobsHaveNoPackageCycle =
      slices().matching("org.coplms.jobs.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule packagesAreNamedAfterConcepts =
      noClasses()
          .should()
          .resideInAnyPackage("..utils..", "..util..", "..common..", "..helpers..", "..impl..");

  /**
   * A scalar argument lives in a Java buffer to which a recorded graph still points after it was
   * freed; {@code Scalars} holds the safe forms.
   */
  @ArchTest
  static final ArchRule numbersEnterGraphsThroughScalarsOnly =
      noClasses().should().callMethodWhere(scalarOverload());

  /** Between parameters and loss a copy would silently end the gradient. */
  @ArchTest
  static final ArchRule nothingCutsAGraph =
      noClasses().that().resideInAPackage(PROXY).should().callMethodWhere(cut());

  /** A list that names what is no longer there would hide the next defect. */
  @ArchTest
  static void everyHarmlessCutIsThere(JavaClasses all) {
    Set<String> found = new TreeSet<>();
    for (JavaClass one : all) {
      one.getMethodCallsFromSelf().stream()
          .filter(ArchitectureTest::cuts)
          .forEach(call -> found.add(origin(call)));
    }
    assertThat(found).isEqualTo(new TreeSet<>(HARMLESS_CUTS.keySet()));
  }

  @ArchTest
  static final ArchRule onlyMainEndsTheProcess =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName(Main.class.getName())
          .should()
          .callMethod(System.class, "exit", int.class)
          .orShould()
          .callMethod(Runtime.class, "exit", int.class)
          .orShould()
          .callMethod(Runtime.class, "halt", int.class);

  /** {@code SplittableRandom} alone: its draws are split by seed, never shared by threads. */
  @ArchTest
  static final ArchRule everyDrawHasASeed =
      noClasses()
          .should()
          .dependOnClassesThat()
          .areAssignableTo(Random.class)
          .orShould()
          .callMethod(Math.class, "random")
          .orShould()
          .callMethod(UUID.class, "randomUUID")
          .orShould()
          .callConstructor(SplittableRandom.class)
          .orShould()
          .callMethodWhere(arrayManagerRandom());

  @ArchTest
  static final ArchRule nobodySleeps =
      noClasses().should().callMethodWhere(method(Thread.class, Set.of("sleep")));

  @ArchTest
  static final ArchRule onlyTheTerminalsOwnersPrint =
      noClasses()
          .that()
          .resideOutsideOfPackages("org.coplms.jobs.cli..", "org.coplms.jobs.progress..")
          .and()
          .doNotHaveFullyQualifiedName("org.coplms.jobs.stages.ReportStage")
          .should()
          .accessField(System.class, "out")
          .orShould()
          .accessField(System.class, "err");

  /** What goes to executors holds small specs; these live on the driver only. */
  @ArchTest
  static final ArchRule nothingSerializableHoldsTheDriver =
      classes()
          .that()
          .areAssignableTo(Serializable.class)
          .and()
          .resideInAnyPackage(UDFS, "org.coplms.jobs.cotune..", "org.coplms.jobs.stages..", PROXY)
          .should(
              holdNoneOf(
                  Set.of(
                      SparkSession.class,
                      SparkContext.class,
                      JavaSparkContext.class,
                      Settings.class,
                      RunContext.class,
                      RunStore.class)));

  private static DescribedPredicate<JavaCall<?>> scalarOverload() {
    return DescribedPredicate.describe(
        "hands a number to an array's operation",
        call ->
            (call.getTargetOwner().isAssignableTo(NDArray.class)
                    || call.getTargetOwner().isEquivalentTo(NDArrays.class))
                && SCALAR_OPERATIONS.contains(call.getName())
                && call.getTarget().getRawParameterTypes().stream()
                    .anyMatch(parameter -> parameter.isEquivalentTo(Number.class)));
  }

  private static DescribedPredicate<JavaCall<?>> cut() {
    return DescribedPredicate.describe(
        "cuts a graph", call -> cuts(call) && !HARMLESS_CUTS.containsKey(origin(call)));
  }

  private static boolean cuts(JavaCall<?> call) {
    return call.getTargetOwner().isAssignableTo(NDArray.class) && CUTS.contains(call.getName());
  }

  /** {@code package.Class.method} below the module's package. */
  private static String origin(JavaCall<?> call) {
    String owner = call.getOriginOwner().getName().replaceAll("^org\\.coplms\\.[a-z]+\\.", "");
    return owner + "." + call.getOrigin().getName().replaceAll("^lambda\\$(\\w+)\\$.*", "$1");
  }

  /** Torch's own generator is shared by the whole process. */
  private static DescribedPredicate<JavaCall<?>> arrayManagerRandom() {
    return DescribedPredicate.describe(
        "draws from torch's generator",
        call ->
            call.getTargetOwner().isAssignableTo(NDManager.class)
                && call.getName().matches("random.*|truncatedNormal|sample.*"));
  }

  private static DescribedPredicate<JavaCall<?>> method(Class<?> owner, Set<String> names) {
    return DescribedPredicate.describe(
        owner.getSimpleName() + "." + names,
        call -> call.getTargetOwner().isAssignableTo(owner) && names.contains(call.getName()));
  }

  private static ArchCondition<JavaClass> holdNoneOf(Set<Class<?>> types) {
    return new ArchCondition<>("hold none of " + types) {
      @Override
      public void check(JavaClass holder, ConditionEvents events) {
        for (JavaField field : holder.getAllFields()) {
          for (Class<?> type : types) {
            if (field.getRawType().isAssignableTo(type)) {
              events.add(SimpleConditionEvent.violated(field, field.getDescription()));
            }
          }
        }
      }
    };
  }
}
