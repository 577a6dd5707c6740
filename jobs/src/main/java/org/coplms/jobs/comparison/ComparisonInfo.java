package org.coplms.jobs.comparison;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What was compared, and where.
 *
 * @param benchmark key in {@code results.json}, for example {@code cldr}
 * @param questions split of the questions that the SLMs answered: test, or validation
 * @param reference name of the method that the others are compared with
 * @param methods all that were to be compared, finished or not, in the order of the tables
 * @param command the command line that repeats the comparison
 * @param machine processor, cores, memory
 * @param date of the last cell
 * @param versions of what computed
 */
public record ComparisonInfo(
    String benchmark,
    String questions,
    String reference,
    List<MethodInfo> methods,
    String command,
    String machine,
    String date,
    Map<String, String> versions) {
  public ComparisonInfo {
    methods = List.copyOf(methods);
    versions = new TreeMap<>(versions);
    Set<String> names = new HashSet<>();
    for (MethodInfo method : methods) {
      if (!names.add(method.name())) {
        throw new IllegalArgumentException("The method " + method.name() + " is compared twice");
      }
    }
    if (!names.contains(reference)) {
      throw new IllegalArgumentException(
          "The reference %s is not among the compared methods %s; add it"
              .formatted(reference, methods.stream().map(MethodInfo::name).toList()));
    }
  }
}
