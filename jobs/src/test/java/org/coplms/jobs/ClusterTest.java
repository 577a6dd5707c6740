package org.coplms.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The rounds on two executors in processes of their own, against the same rounds in one process.
 */
@Tag("cluster")
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class ClusterTest {
  private static final String MASTER = "local-cluster[2,1,1024]";
  private static final String EXECUTOR = "org.apache.spark.executor.CoarseGrainedExecutorBackend";

  @TempDir Path folder;
  private Path run;

  @BeforeEach
  void takeARunBeforeItsFirstRound() {
    run = folder.resolve("run");
    Folders.copy(TinyRun.whole(), run);
    Folders.delete(run.resolve("rounds"));
    Folders.delete(run.resolve("stages/cotune.json"));
  }

  @Test
  void twoExecutorsGiveTheSameBits() throws Exception {
    Process driver = cotune();
    assertThat(driver.waitFor()).as(log()).isZero();
    assertThat(TinyRun.bits(run)).isEqualTo(TinyRun.bits(TinyRun.whole()));
  }

  @Test
  void anExecutorKilledInTheMiddleChangesNoBit() throws Exception {
    Process driver = cotune();
    Path halfWay = run.resolve("rounds/0001/_COMMITTED");
    while (driver.isAlive() && !Files.exists(halfWay)) {
      TimeUnit.MILLISECONDS.sleep(50);
    }
    List<ProcessHandle> executors = driver.descendants().filter(ClusterTest::isExecutor).toList();
    assertThat(executors).as(log()).hasSize(2);
    assertThat(executors.get(0).destroyForcibly()).isTrue();
    assertThat(driver.waitFor()).as(log()).isZero();
    assertThat(TinyRun.bits(run)).isEqualTo(TinyRun.bits(TinyRun.whole()));
  }

  private static boolean isExecutor(ProcessHandle process) {
    return process.info().commandLine().orElse("").contains(EXECUTOR);
  }

  /** The command in a process of its own, as {@code local-cluster} needs. */
  private Process cotune() throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        Arrays.asList(
            org.apache.spark.launcher.JavaModuleOptions.defaultModuleOptions().split(" ")));
    command.add("--add-opens=java.base/sun.security.action=ALL-UNNAMED");
    command.addAll(List.of("-Xmx1g", "-Dspark.testing=1"));
    command.add("-Dspark.test.home=" + Files.createDirectories(folder.resolve("home")));
    command.addAll(List.of("-cp", classPath(), Main.class.getName(), "cotune"));
    command.addAll(List.of("--run", run.toString(), "--master", MASTER));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile());
    builder.environment().put("SPARK_SCALA_VERSION", "2.12");
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    builder.environment().put("OMP_WAIT_POLICY", "passive");
    return builder.start();
  }

  private static String classPath() {
    String own =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    return Arrays.stream(own.split(File.pathSeparator))
        .map(entry -> Path.of(entry).toAbsolutePath().toString())
        .collect(Collectors.joining(File.pathSeparator));
  }

  private String log() throws IOException {
    return Files.readString(folder.resolve("log"));
  }
}
