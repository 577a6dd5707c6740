package org.coplms.jobs.report;

import java.util.List;
import org.coplms.proxy.cotune.Metrics;

/**
 * One test question with the answers of the models, in the order in which they are to be shown.
 *
 * @param device edge device, or {@link Metrics#SERVER}
 */
public record SampleQuestion(
    int device, String domain, String question, List<String> references, List<Answer> answers) {
  public SampleQuestion {
    references = List.copyOf(references);
    answers = List.copyOf(answers);
  }

  /**
   * One model's answer.
   *
   * @param model as in the run store's predictions: {@code slm-before}, {@code slm-alone}, {@code
   *     slm-after}, {@code llm-before}, {@code llm-after}, {@code dpm}; other names are shown as
   *     they are
   * @param rougeL 0-100
   * @param exactMatch 0-100; the answer is right at 100
   */
  public record Answer(String model, String text, double rougeL, double exactMatch) {}
}
