package org.coplms.jobs.cotune;

import org.coplms.jobs.config.CotuneSettings;
import org.coplms.jobs.config.Settings;
import org.coplms.jobs.models.RunModels;
import org.coplms.jobs.pipeline.RunContext;
import org.coplms.proxy.cotune.ServerTask;
import org.coplms.udfs.answer.AnsweringModel;
import org.coplms.udfs.edge.EdgeSpec;
import org.coplms.udfs.model.TaskSpec;
import org.coplms.udfs.server.ServerSpec;

/** The settings as tasks take them. */
public final class CotuneSpecs {
  private CotuneSpecs() {}

  /** A run as its edge devices see it. */
  public static EdgeSpec edge(RunContext context, TaskSpec task) {
    Settings settings = context.settings();
    return new EdgeSpec(
        settings.seed(),
        settings.cotune().rounds(),
        settings.cotune().edge(),
        settings.cotune().thetaConfig(),
        settings.text().promptFormat(),
        RunModels.dpm(context).location(),
        RunModels.slms(context).stream().map(RunModels.Entry::location).toList(),
        task);
  }

  /** A round as the server sees it. */
  static ServerTask server(RunContext context, int round) {
    CotuneSettings cotune = context.settings().cotune();
    return new ServerTask(
        context.settings().seed(),
        round,
        cotune.rounds(),
        cotune.server(),
        cotune.thetaConfig(),
        context.settings().text().promptFormat());
  }

  /** Where the server's state of the round before stands; empty before the first. */
  static String previousServerState(RunContext context, int round) {
    return round == 1 ? "" : context.store().roundPath(round - 1, ServerSpec.STATE);
  }

  /** The LLM as a round left it. */
  static AnsweringModel tunedLlm(RunContext context, int round) {
    return new AnsweringModel.Tuned(
        RunModels.llm(context).location(),
        context.settings().cotune().server().tunedLlm(),
        context.store().roundPath(round, ServerSpec.STATE),
        "llm");
  }
}
