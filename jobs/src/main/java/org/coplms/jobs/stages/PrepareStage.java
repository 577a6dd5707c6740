package org.coplms.jobs.stages;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.apache.spark.util.SerializableConfiguration;
import org.coplms.dataprep.DataStatistics;
import org.coplms.dataprep.prepare.Preparation;
import org.coplms.dataprep.Prepared;
import org.coplms.dataprep.Tokenizers;
import org.coplms.jobs.config.ModelSettings.CheckpointSettings;
import org.coplms.jobs.pipeline.RunContext;
import org.coplms.jobs.pipeline.Stage;
import org.coplms.jobs.report.DataPage;
import org.coplms.jobs.report.DomainMix;
import org.coplms.jobs.results.RunResults;
import org.coplms.udfs.model.FolderTokenizers;

/** Makes the examples, gives each edge device its share, and describes them. */
public final class PrepareStage implements Stage {
  private static final String PAGE = "report/data.html";

  @Override
  public String name() {
    return "prepare";
  }

  @Override
  public void run(RunContext context) {
    DataStatistics statistics =
        Preparation.prepare(
            context.spark(),
            context.settings().data().spec(context.settings().seed()),
            context.store().dataPath(),
            tokenizers(context),
            step -> context.progress().line("  " + step));
    statistics.toTable().lines().forEach(context.progress()::line);
    DomainMix mix =
        DomainMix.of(
            statistics,
            context.settings().data().devices(),
            RunResults.deviceOnlyDomains(statistics));
    String page = DataPage.html(Prepared.card(context.store().dataPath()), mix);
    context.store().write(PAGE, page.getBytes(StandardCharsets.UTF_8));
    context.progress().line("Data card: " + context.store().path(PAGE));
  }

  /** Of checkpoints; the tiny models' are trained on what is prepared here. */
  private static Optional<Tokenizers> tokenizers(RunContext context) {
    List<CheckpointSettings> checkpoints =
        context.settings().models().all().stream()
            .filter(CheckpointSettings.class::isInstance)
            .map(CheckpointSettings.class::cast)
            .toList();
    if (checkpoints.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new FolderTokenizers(
            checkpoints.stream().map(CheckpointSettings::name).toList(),
            checkpoints.stream().map(CheckpointSettings::path).toList(),
            new SerializableConfiguration(context.store().hadoopConfiguration())));
  }
}
