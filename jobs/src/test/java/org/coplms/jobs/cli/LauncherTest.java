package org.coplms.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.spark.launcher.JavaModuleOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LauncherTest {
  private static final Path LAUNCHER = Path.of("..", "coplms").toAbsolutePath().normalize();

  @TempDir Path folder;

  @Test
  void givesTheModuleOptionsOfSparksOwnLauncher() throws Exception {
    String script = Files.readString(LAUNCHER);
    Pattern.compile("--add-opens=(\\S+)=ALL-UNNAMED")
        .matcher(JavaModuleOptions.defaultModuleOptions())
        .results()
        .forEach(option -> assertThat(script).containsPattern("\\b" + option.group(1) + "\\b"));
    assertThat(script).contains("java.base/sun.security.action");
  }

  @Test
  void isValidBash() throws Exception {
    assertThat(run(Map.of(), "bash", "-n", LAUNCHER.toString())).isEqualTo("0 ");
  }

  @Test
  void saysWhenJavaIsMissing() throws Exception {
    assertThat(run(Map.of("JAVA_HOME", "/nowhere"), LAUNCHER.toString()))
        .isEqualTo("2 error: JAVA_HOME=/nowhere has no bin/java; set it to a JDK 17\n");
  }

  @Test
  void saysWhenJavaIsAnother() throws Exception {
    Path java = Files.createDirectories(folder.resolve("bin")).resolve("java");
    Files.writeString(java, "#!/bin/sh\necho '    java.specification.version = 11'\n");
    assertThat(java.toFile().setExecutable(true)).isTrue();
    assertThat(run(Map.of("JAVA_HOME", folder.toString()), LAUNCHER.toString()))
        .isEqualTo(
            "2 error: "
                + java
                + " is Java 11, Spark 3.5 needs Java 17; set JAVA_HOME to a JDK 17\n");
  }

  @Test
  void saysWhenSparkHomeIsWrong() throws Exception {
    String javaHome = System.getProperty("java.home");
    assertThat(run(Map.of("JAVA_HOME", javaHome, "SPARK_HOME", "/nowhere"), LAUNCHER.toString()))
        .isEqualTo(
            "2 error: SPARK_HOME=/nowhere has no bin/spark-submit; unset it to use the embedded Spark\n");
  }

  /** Exit code and all output of a command that is called from another folder. */
  private String run(Map<String, String> environment, String... command) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
    builder.environment().remove("SPARK_HOME");
    builder.environment().putAll(environment);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return process.waitFor() + " " + output;
  }
}
