package org.coplms.dataprep;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

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
    PerLanguage perLanguage,
    PerDevice perDevice,
    Mixture mixture)
    implements SourceSpec {
  private static final long serialVersionUID = 1L;

  public CldrSpec {
    known = List.copyOf(known);
    deviceOnly = List.copyOf(deviceOnly);
    List<String> all = new ArrayList<>(known);
    all.addAll(deviceOnly);
    Problems problems = new Problems();
    problems.require(!known.isEmpty(), "known must name at least one language, such as en");
    problems.requireDistinct("known and deviceOnly together", all);
    for (String code : all) {
      problems.require(
          Language.isSpelled(code),
          "ICU spells no numbers in the language '%s'; take a code such as en, fr or pt_BR"
              .formatted(code));
    }
    problems.require(
        deviceOnly.isEmpty() == (mixture.deviceOnlyShare() == 0),
        "deviceOnlyShare must be 0 exactly when deviceOnly is empty, got %s with %s"
            .formatted(mixture.deviceOnlyShare(), deviceOnly));
    problems.throwIfAny();
  }

  /** The embedded benchmark: en, fr, es, pt known; de, sv, id on devices only. */
  public static CldrSpec benchmark(int trainPerDevice) {
    return new CldrSpec(
        List.of("en", "fr", "es", "pt"),
        List.of("de", "sv", "id"),
        new PerLanguage(400, 40, 50, 40),
        new PerDevice(trainPerDevice, 100, 100),
        new Mixture(0.65, 2, 0.10));
  }

  @Override
  public String kind() {
    return "cldr";
  }

  /** Known and device-only languages, in this order. */
  List<String> languages() {
    List<String> all = new ArrayList<>(known);
    all.addAll(deviceOnly);
    return all;
  }

  /**
   * Examples of the server for each language.
   *
   * @param pretrain for the LLM, known languages only
   * @param pretrainSlm how many of these are for the SLMs as well
   * @param publicExamples of the public set, known languages only
   * @param test of the all-domain test, every language
   */
  public record PerLanguage(int pretrain, int pretrainSlm, int publicExamples, int test)
      implements Serializable {
    public PerLanguage {
      Problems problems = new Problems();
      problems.requireAtLeast(0, "pretrain", pretrain);
      problems.requireAtLeast(0, "pretrainSlm", pretrainSlm);
      problems.requireAtLeast(0, "publicExamples", publicExamples);
      problems.requireAtLeast(0, "test", test);
      problems.require(
          pretrainSlm <= pretrain,
          "pretrainSlm is taken from pretrain and must not exceed %d, got %d"
              .formatted(pretrain, pretrainSlm));
      problems.throwIfAny();
    }
  }

  /** Examples of each device, all in the device's own mixture of languages. */
  public record PerDevice(int train, int validation, int test) implements Serializable {
    public PerDevice {
      Problems problems = new Problems();
      problems.requireAtLeast(1, "train", train);
      problems.requireAtLeast(0, "validation", validation);
      problems.requireAtLeast(0, "test", test);
      problems.throwIfAny();
    }
  }

  /**
   * How a device's languages are drawn: {@code (1 − s)·Dir(α)} over the known languages and {@code
   * s·Dir(α)} over the device-only ones, redrawn until each device-only language has more than
   * {@code minShare} on at least {@code minDevicesPerDomain} devices.
   *
   * @param deviceOnlyShare s
   */
  public record Mixture(double deviceOnlyShare, int minDevicesPerDomain, double minShare)
      implements Serializable {
    public Mixture {
      Problems problems = new Problems();
      problems.requireShare("deviceOnlyShare", deviceOnlyShare);
      problems.requireAtLeast(0, "minDevicesPerDomain", minDevicesPerDomain);
      problems.requireShare("minShare", minShare);
      problems.throwIfAny();
    }
  }
}
