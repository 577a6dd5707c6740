package org.coplms.jobs.report;

import java.util.List;

/** Test questions with the answers of the models. */
public record SamplesSection(List<Question> questions) {
  /** One question. */
  public record Question(
      String device,
      String domain,
      boolean deviceOnly,
      String question,
      List<String> references,
      List<Answer> answers) {}

  /** One model's answer. */
  public record Answer(String model, String text, boolean right, String rougeL) {}

  static SamplesSection of(List<SampleQuestion> samples, DomainMix mix) {
    return new SamplesSection(
        samples.stream()
            .map(
                sample ->
                    new Question(
                        Display.device(sample.device()),
                        sample.domain(),
                        mix.deviceOnly().contains(sample.domain()),
                        sample.question(),
                        sample.references(),
                        sample.answers().stream().map(SamplesSection::answer).toList()))
            .toList());
  }

  private static Answer answer(SampleQuestion.Answer answer) {
    return new Answer(
        Display.model(answer.model()),
        answer.text(),
        answer.exactMatch() >= 100,
        Display.score(answer.rougeL()));
  }
}
