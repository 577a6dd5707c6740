package org.coplms.proxy.cotune;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.coplms.proxy.lm.GeneratedPair;
import org.junit.jupiter.api.Test;

class RehearsalBufferTest {

  @Test
  void theOldestPairsLeaveFirst() {
    RehearsalBuffer buffer = new RehearsalBuffer(3, pairs("a", "b"));
    buffer.add(pairs("c", "d"));
    assertThat(buffer.pairs()).isEqualTo(pairs("b", "c", "d"));
    buffer.add(pairs("e"));
    assertThat(buffer.pairs()).isEqualTo(pairs("c", "d", "e"));
  }

  @Test
  void moreFreshPairsThanTheCapacityLeaveTheLast() {
    RehearsalBuffer buffer = new RehearsalBuffer(2, pairs("a"));
    buffer.add(pairs("b", "c", "d"));
    assertThat(buffer.pairs()).isEqualTo(pairs("c", "d"));
  }

  @Test
  void whatWasHandedOutDoesNotChange() {
    RehearsalBuffer buffer = new RehearsalBuffer(2, pairs("a"));
    List<RehearsalPair> before = buffer.pairs();
    buffer.add(pairs("b", "c"));
    assertThat(before).isEqualTo(pairs("a"));
  }

  @Test
  void theShareWithTheBestAnswersIsKept() {
    List<GeneratedPair> generated =
        List.of(pair("a", -3), pair("b", -1), pair("c", -2), pair("d", -0.5), pair("e", -4));
    assertThat(select(generated, Set.of(), 0.6, 100)).containsExactly("d", "b", "c");
    assertThat(select(generated, Set.of(), 0.6, 2)).containsExactly("d", "b");
    assertThat(select(generated, Set.of(), 0, 100)).isEmpty();
  }

  @Test
  void aShareIsOfTheDistinctPairsAndRoundedUp() {
    List<GeneratedPair> generated =
        List.of(pair("a", -1), pair("a", -2), pair("a", -3), pair("b", -4), pair("c", -5));
    assertThat(select(generated, Set.of(), 0.5, 100)).containsExactly("a", "b");
  }

  @Test
  void ofOnePromptTheBestAnswerIsKept() {
    List<GeneratedPair> generated =
        List.of(
            new GeneratedPair("p", "poor", -3),
            new GeneratedPair("p", "good", -1),
            new GeneratedPair("p", "fair", -2));
    assertThat(RehearsalBuffer.select(generated, Set.of(), 1, 100))
        .containsExactly(new RehearsalPair("p", "good"));
  }

  @Test
  void excludedPromptsAreLeftOutBeforeTheShareIsTaken() {
    List<GeneratedPair> generated = List.of(pair("own", -0.1), pair("a", -1), pair("b", -2));
    assertThat(select(generated, Set.of("own"), 0.5, 100)).containsExactly("a");
  }

  @Test
  void equalAnswersAreOrderedByPromptWhateverTheOrderOfDrawing() {
    assertThat(select(List.of(pair("b", -1), pair("a", -1)), Set.of(), 1, 100))
        .isEqualTo(select(List.of(pair("a", -1), pair("b", -1)), Set.of(), 1, 100))
        .containsExactly("a", "b");
  }

  private static List<String> select(
      List<GeneratedPair> generated, Set<String> excluded, double keep, int most) {
    return RehearsalBuffer.select(generated, excluded, keep, most).stream()
        .map(RehearsalPair::prompt)
        .toList();
  }

  private static GeneratedPair pair(String prompt, double meanLogProb) {
    return new GeneratedPair(prompt, "answer", meanLogProb);
  }

  private static List<RehearsalPair> pairs(String... prompts) {
    return Stream.of(prompts).map(prompt -> new RehearsalPair(prompt, "answer")).toList();
  }
}
