package org.coplms.jobs.compare;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.coplms.jobs.config.CompareSettings;
import org.coplms.jobs.config.CompareSettings.MethodSettings;
import org.coplms.jobs.config.ConfigException;
import org.coplms.jobs.config.ConfigLayers;
import org.coplms.jobs.config.Settings;

/**
 * One method with the settings of each of its cells, in the order of the seeds.
 *
 * @param cells one for each seed
 */
public record Method(String name, MethodSettings definition, List<Settings> cells) {
  public Method {
    cells = List.copyOf(cells);
  }

  /**
   * The methods of a comparison.
   *
   * @throws ConfigException with the problems of all methods
   */
  public static List<Method> of(CompareSettings compare, ConfigLayers layers) {
    List<Method> methods = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    for (String name : compare.methods()) {
      MethodSettings definition = compare.definitions().get(name);
      try {
        methods.add(new Method(name, definition, cells(compare, definition, layers)));
      } catch (ConfigException e) {
        e.problems().forEach(problem -> problems.add("method " + name + ": " + problem));
      }
    }
    if (!problems.isEmpty()) {
      throw new ConfigException(problems);
    }
    return methods;
  }

  private static List<Settings> cells(
      CompareSettings compare, MethodSettings definition, ConfigLayers layers) {
    List<Settings> cells = new ArrayList<>();
    for (long seed : compare.seeds()) {
      cells.add(layers.under(definition.settings()).under(cell(seed)).bind(Settings.class));
    }
    return cells;
  }

  /** What a cell fixes: its seed; standing alone is a method of its own here. */
  private static ConfigObject cell(long seed) {
    return ConfigFactory.parseMap(
            Map.of("seed", seed, "cotune.standalone", false), "the comparison's cell")
        .root();
  }
}
