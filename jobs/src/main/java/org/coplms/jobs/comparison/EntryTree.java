package org.coplms.jobs.comparison;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The whole {@code metrics.json}: {@code _about} says what was compared and where, then every
 * method that has a cell, by name.
 */
final class EntryTree {
  static final String ABOUT = "_about";

  private final Inputs inputs;
  private final ComparisonInfo info;
  private final Map<String, ObjectNode> methods = new LinkedHashMap<>();

  private EntryTree(Inputs inputs) {
    this.inputs = inputs;
    this.info = inputs.info();
  }

  static ObjectNode of(Inputs inputs) {
    return new EntryTree(inputs).build();
  }

  private ObjectNode build() {
    Judge judge = new Judge();
    List<String> done =
        info.methods().stream()
            .map(MethodInfo::name)
            .filter(method -> !inputs.scores(method).isEmpty())
            .toList();
    List<ObjectNode> trees =
        done.parallelStream().map(method -> MethodTree.of(inputs, method, judge)).toList();
    for (int i = 0; i < trees.size(); i++) {
      methods.put(done.get(i), trees.get(i));
    }
    new VersusTrees(inputs, judge).into(methods);
    ObjectNode entry = JsonNodeFactory.instance.objectNode();
    entry.set(ABOUT, about());
    methods.forEach(entry::set);
    return entry;
  }

  private ObjectNode about() {
    ObjectNode about = JsonNodeFactory.instance.objectNode();
    about.put("benchmark", info.benchmark());
    about.put("questions", info.questions());
    about.put("reference", info.reference());
    about.put("command", info.command());
    about.put("machine", info.machine());
    about.put("date", info.date());
    ObjectNode versions = about.putObject("versions");
    info.versions().forEach(versions::put);
    ArrayNode seeds = about.putArray("seeds");
    inputs.seeds().forEach(seeds::add);
    about
        .putObject("bootstrap")
        .put("resamples", Judge.RESAMPLES)
        .put("confidence", Judge.CONFIDENCE);
    ArrayNode deviceOnly = about.putArray("device_only_domains");
    inputs.deviceOnlyDomains().forEach(deviceOnly::add);
    inputs.untuned().ifPresent(scores -> MethodTree.put(about.putObject("untuned"), scores));
    ObjectNode best = about.putObject("best_other_federated");
    for (Metric metric : Metric.values()) {
      bestOther(metric).ifPresent(method -> best.put(metric.key(), method.name()));
    }
    ArrayNode listed = about.putArray("methods");
    info.methods().forEach(method -> listed.add(listed(method)));
    return about;
  }

  private ObjectNode listed(MethodInfo method) {
    ObjectNode tree = JsonNodeFactory.instance.objectNode();
    tree.put("name", method.name());
    tree.put("title", method.title());
    tree.put("kind", method.kind().label());
    tree.put("federated", method.federated());
    ArrayNode seeds = tree.putArray("seeds");
    inputs.of(method.name()).forEach(figure -> seeds.add(figure.cell().seed()));
    return tree;
  }

  /** The federated method with the highest mean, the reference, controls and ablations apart. */
  private Optional<MethodInfo> bestOther(Metric metric) {
    return info.methods().stream()
        .filter(method -> method.kind() == MethodInfo.Kind.METHOD && method.federated())
        .filter(method -> !method.name().equals(info.reference()))
        .filter(method -> methods.containsKey(method.name()))
        .max(
            Comparator.comparingDouble(
                method -> methods.get(method.name()).path(metric.key()).asDouble()));
  }
}
