package org.coplms.jobs.comparison;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Reads one benchmark's entry in {@code results.json}, for all that shows it. */
final class EntryView {
  private final JsonNode about;
  private final List<MethodView> methods = new ArrayList<>();

  EntryView(JsonNode entry) {
    this.about = entry.path(EntryTree.ABOUT);
    for (JsonNode listed : about.path("methods")) {
      String name = listed.path("name").asText();
      methods.add(
          new MethodView(
              name,
              listed.path("title").asText(),
              MethodInfo.Kind.valueOf(listed.path("kind").asText().toUpperCase(Locale.ROOT)),
              name.equals(about.path("reference").asText()),
              entry.path(name)));
    }
    methods.sort(Comparator.comparing((MethodView method) -> !method.isReference()));
  }

  String about(String key) {
    return about.path(key).asText();
  }

  /** The split of the questions that the SLMs answered; test where an older entry does not say. */
  String questions() {
    return about.path("questions").asText("test");
  }

  SortedMap<String, String> versions() {
    SortedMap<String, String> versions = new TreeMap<>();
    about
        .path("versions")
        .fields()
        .forEachRemaining(version -> versions.put(version.getKey(), version.getValue().asText()));
    return versions;
  }

  List<String> seeds() {
    return texts("seeds");
  }

  List<String> deviceOnlyDomains() {
    return texts("device_only_domains");
  }

  /** The SLMs before any tuning. */
  Optional<MethodView> untuned() {
    return about.has("untuned")
        ? Optional.of(
            new MethodView("", "Untuned", MethodInfo.Kind.METHOD, false, about.path("untuned")))
        : Optional.empty();
  }

  /** All that were to be compared, the reference first. */
  List<MethodView> methods() {
    return List.copyOf(methods);
  }

  List<MethodView> methods(MethodInfo.Kind kind) {
    return methods.stream().filter(method -> method.kind() == kind).toList();
  }

  MethodView reference() {
    return methods.get(0);
  }

  Optional<MethodView> method(String name) {
    return methods.stream().filter(method -> method.name().equals(name)).findFirst();
  }

  Optional<MethodView> bestOtherFederated(Metric metric) {
    return method(about.path("best_other_federated").path(metric.key()).asText());
  }

  /** How many methods the reference was compared with. */
  long comparisons() {
    return methods.stream().filter(method -> method.tree().has("versus")).count();
  }

  boolean isEmpty() {
    return methods.stream().noneMatch(MethodView::isPresent);
  }

  private List<String> texts(String key) {
    List<String> texts = new ArrayList<>();
    about.path(key).forEach(text -> texts.add(text.asText()));
    return texts;
  }
}
