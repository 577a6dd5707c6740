package org.coplms.dataprep.prepare;

import java.util.List;
import org.coplms.dataprep.Problems;
import org.coplms.dataprep.builtin.WordnetNouns;

/**
 * The built-in source of longer answers: definitions, kinds and wholes of WordNet's nouns; the
 * domain is the lexicographer file.
 *
 * @param known lexicographer files of nouns, such as animal, that server data is made of
 * @param deviceOnly those that only devices know: in no pretraining and no public data
 */
public record WordnetSpec(
    List<String> known,
    List<String> deviceOnly,
    DomainCounts perDomain,
    DeviceCounts perDevice,
    Mixture mixture)
    implements SourceSpec, BuiltInSpec {
  private static final long serialVersionUID = 1L;

  public WordnetSpec {
    known = List.copyOf(known);
    deviceOnly = List.copyOf(deviceOnly);
    Problems problems = BuiltInSpec.problems(known, deviceOnly, mixture);
    List<String> unknown =
        BuiltInSpec.join(known, deviceOnly).stream()
            .filter(domain -> !WordnetNouns.DOMAINS.contains(domain))
            .toList();
    problems.require(
        unknown.isEmpty(),
        "WordNet has no noun domain named %s in known or deviceOnly; choose of %s"
            .formatted(unknown, WordnetNouns.DOMAINS));
    problems.throwIfAny();
  }

  /**
   * The second benchmark: animal, artifact, food, substance known; plant, body, location on devices
   * only.
   */
  public static WordnetSpec benchmark(int trainPerDevice) {
    return new WordnetSpec(
        List.of("animal", "artifact", "food", "substance"),
        List.of("plant", "body", "location"),
        new DomainCounts(400, 40, 50, 40),
        new DeviceCounts(trainPerDevice, 100, 100),
        new Mixture(0.65, 2, 0.10));
  }

  @Override
  public String kind() {
    return "wordnet";
  }
}
