package org.coplms.jobs.notebook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.fs.FileUtil;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Runs the notebooks as they are saved, cell by cell. */
class NotebookTest {
  private static final Path NOTEBOOKS = Path.of("..", "notebooks");

  @Test
  @Tag("spark")
  @Timeout(value = 5, unit = TimeUnit.MINUTES)
  void runsAndReadsACotuningRun() throws Exception {
    try (JavaCells cells = new JavaCells()) {
      for (String cell : code(notebook("quickstart.ipynb"))) {
        cells.run(cell);
      }
      assertThat(cells.value("written")).isEqualTo("true");
      FileUtil.fullyDelete(new File(cells.value("work")));
    }
  }

  @Test
  void isSavedWithoutOutputsAndForAJavaKernel() throws Exception {
    JsonNode notebook = notebook("quickstart.ipynb");
    assertThat(notebook.at("/metadata/kernelspec/language").asText()).isEqualTo("java");
    assertThat(notebook.findValues("outputs")).isNotEmpty().allMatch(JsonNode::isEmpty);
    assertThat(notebook.findValues("execution_count")).isNotEmpty().allMatch(JsonNode::isNull);
  }

  @Test
  void failsWhereACellThrowsOrDoesNotCompile() {
    try (JavaCells cells = new JavaCells()) {
      cells.run("int zero = 0;");
      assertThatThrownBy(() -> cells.run("int one = 1 / zero;"))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("1 / zero");
      assertThatThrownBy(() -> cells.run("int two = unknown;"))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("unknown");
      assertThatThrownBy(() -> cells.run("int three = (")).isInstanceOf(AssertionError.class);
    }
  }

  private static JsonNode notebook(String name) throws Exception {
    return new JsonMapper().readTree(NOTEBOOKS.resolve(name).toFile());
  }

  private static List<String> code(JsonNode notebook) {
    List<String> cells = new ArrayList<>();
    for (JsonNode cell : notebook.path("cells")) {
      if (cell.path("cell_type").asText().equals("code")) {
        StringBuilder source = new StringBuilder();
        cell.path("source").forEach(line -> source.append(line.asText()));
        cells.add(source.toString());
      }
    }
    return cells;
  }
}
