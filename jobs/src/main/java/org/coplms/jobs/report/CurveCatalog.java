package org.coplms.jobs.report;

import static org.coplms.jobs.report.LineChart.Scale;

import java.util.List;
import org.coplms.proxy.cotune.Metrics;

/**
 * The metrics that have a chart of their own, by {@code stage/metric}. Any other metric is drawn
 * under "everything else that was recorded", so nothing that a run measures is lost.
 */
final class CurveCatalog {
  private static final Scale NATS =
      new Scale("nats per token", true, Display::significant, Display::tick);
  private static final Scale KL_NATS =
      new Scale("nats per position", true, Display::significant, Display::tick);
  private static final Scale SCORE = new Scale("score, 0–100", true, Display::score, Display::tick);
  static final Scale ANY = new Scale("as recorded", false, Display::significant, Display::tick);

  /** One line of a server chart. */
  record Source(String key, String name) {}

  /** A chart: either one metric with a line per device, or several server metrics with names. */
  record Curve(String title, Scale scale, List<Source> sources) {
    static Curve perDevice(String title, Scale scale, String key) {
      return new Curve(title, scale, List.of(new Source(key, "")));
    }

    static Curve server(String title, Scale scale, Source... sources) {
      return new Curve(title, scale, List.of(sources));
    }

    boolean isPerDevice() {
      return sources.size() == 1 && sources.get(0).name().isEmpty();
    }
  }

  /** Curves under one heading. */
  record Group(String title, String explanation, List<Curve> curves) {}

  static final List<Group> GROUPS =
      List.of(
          new Group(
              "Scores on validation questions",
              "Each SLM on its own device's validation questions, after each round.",
              List.of(
                  Curve.perDevice("Rouge-L of the SLM", SCORE, "evaluate/rouge-l"),
                  Curve.perDevice("Exact match of the SLM", SCORE, "evaluate/exact-match"))),
          new Group(
              "Server models",
              "LLM and DPM on the server's test questions and their losses on public and on DPM-generated"
                  + " text, by round.",
              List.of(
                  Curve.server(
                      "Rouge-L",
                      SCORE,
                      new Source("evaluate/llm-rouge-l", "LLM"),
                      new Source("evaluate/dpm-rouge-l", "DPM")),
                  Curve.server(
                      "Exact match",
                      SCORE,
                      new Source("evaluate/llm-exact-match", "LLM"),
                      new Source("evaluate/dpm-exact-match", "DPM")),
                  Curve.server(
                      "Exact match, device-only domains",
                      SCORE,
                      new Source("evaluate/llm-exact-match-device-only", "LLM"),
                      new Source("evaluate/dpm-exact-match-device-only", "DPM")),
                  Curve.server(
                      "Cross-entropy",
                      NATS,
                      new Source("server/llm-ce", "LLM, public"),
                      new Source("server/llm-generated-ce", "LLM, generated"),
                      new Source("server/dpm-ce", "DPM, public"),
                      new Source("server/dpm-generated-ce", "DPM, generated")),
                  Curve.server(
                      "KL, both ways",
                      KL_NATS,
                      new Source("server/llm-kl", "LLM learns from DPM"),
                      new Source("server/dpm-kl", "DPM learns from LLM"),
                      new Source("server/llm-generated-kl", "LLM from DPM, generated")))),
          new Group(
              "Losses on the devices",
              "Domain tuning (DST) trains the adapters, mutual learning (SAML) the SLM and the"
                  + " DPM's LoRA; the KL compares next-token distributions where the bytes of both"
                  + " tokenizations align.",
              List.of(
                  Curve.perDevice("DST: cross-entropy of the SLM", NATS, "dst/slm-ce"),
                  Curve.perDevice("DST: cross-entropy of the DPM", NATS, "dst/dpm-ce"),
                  Curve.perDevice("SAML: cross-entropy of the SLM", NATS, "saml/slm-ce"),
                  Curve.perDevice("SAML: cross-entropy of the DPM", NATS, "saml/dpm-ce"),
                  Curve.perDevice("SAML: KL, SLM learns from DPM", KL_NATS, "saml/kl-dpm-to-slm"),
                  Curve.perDevice("SAML: KL, DPM learns from SLM", KL_NATS, "saml/kl-slm-to-dpm"),
                  Curve.perDevice("Rehearsal: cross-entropy of the SLM", NATS, "rehearsal/slm-ce"),
                  Curve.perDevice(
                      "Rehearsal: KL, SLM learns from DPM", KL_NATS, "rehearsal/kl-dpm-to-slm"))));

  private CurveCatalog() {}

  static String key(Metrics.Row row) {
    return row.stage() + "/" + row.name();
  }
}
