package org.coplms.dataprep.prepare;

import java.util.List;
import org.coplms.dataprep.Problems;
import org.coplms.dataprep.builtin.Language;

/**
 * The built-in source: numbers in words and long dates of the Unicode CLDR; the domain is the
 * language.
 *
 * @param known ICU locale codes that server data is made of
 * @param deviceOnly ICU locale codes that only devices know: in no pretraining and no public data
 */
public record CldrSpec(
    List<String> known,
    List<String> deviceOnly,
    DomainCounts perLanguage,
    DeviceCounts perDevice,
    Mixture mixture)
    implements SourceSpec, BuiltInSpec {
  private static final long serialVersionUID = 1L;

  public CldrSpec {
    known = List.copyOf(known);
    deviceOnly = List.copyOf(deviceOnly);
    Problems problems = BuiltInSpec.problems(known, deviceOnly, mixture);
    for (String code : BuiltInSpec.join(known, deviceOnly)) {
      problems.require(
          Language.isSpelled(code),
          "ICU spells no numbers in the language '%s'; take a code such as en, fr or pt_BR"
              .formatted(code));
    }
    problems.throwIfAny();
  }

  /** The embedded benchmark: en, fr, es, pt known; de, sv, id on devices only. */
  public static CldrSpec benchmark(int trainPerDevice) {
    return new CldrSpec(
        List.of("en", "fr", "es", "pt"),
        List.of("de", "sv", "id"),
        new DomainCounts(400, 40, 50, 40),
        new DeviceCounts(trainPerDevice, 100, 100),
        new Mixture(0.65, 2, 0.10));
  }

  @Override
  public String kind() {
    return "cldr";
  }

  @Override
  public DomainCounts perDomain() {
    return perLanguage;
  }
}
