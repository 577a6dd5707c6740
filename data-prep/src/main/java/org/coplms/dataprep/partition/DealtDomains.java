package org.coplms.dataprep.partition;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;

/** Domains dealt to devices like cards, see {@link PathologicalPartitionSpec}. */
final class DealtDomains {
  private DealtDomains() {}

  /** For each domain the items of each device. */
  static SortedMap<String, long[]> deal(
      SortedMap<String, Long> itemsPerDomain, int devices, int domainsPerDevice, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    SortedMap<String, List<Integer>> holders = new TreeMap<>();
    itemsPerDomain.keySet().forEach(domain -> holders.put(domain, new ArrayList<>()));
    Deque<String> deck = new ArrayDeque<>();
    for (int device : shuffled(range(devices), random)) {
      Set<String> held = new TreeSet<>();
      while (held.size() < domainsPerDevice) {
        if (deck.isEmpty()) {
          deck.addAll(heldLast(shuffled(itemsPerDomain.keySet(), random), held));
        }
        held.add(deck.poll());
      }
      held.forEach(domain -> holders.get(domain).add(device));
    }
    SortedMap<String, long[]> sizes = new TreeMap<>();
    itemsPerDomain.forEach(
        (domain, items) -> sizes.put(domain, split(items, holders.get(domain), devices)));
    return sizes;
  }

  /** A device that is dealt from two decks gets no domain twice. */
  private static List<String> heldLast(List<String> deck, Set<String> held) {
    List<String> ordered = new ArrayList<>(deck);
    ordered.removeIf(held::contains);
    deck.stream().filter(held::contains).forEach(ordered::add);
    return ordered;
  }

  private static long[] split(long items, List<Integer> holders, int devices) {
    long[] sizes = new long[devices];
    int parts = holders.size();
    for (int i = 0; i < parts; i++) {
      sizes[holders.get(i)] = items / parts + (i < items % parts ? 1 : 0);
    }
    return sizes;
  }

  private static List<Integer> range(int size) {
    List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      numbers.add(i);
    }
    return numbers;
  }

  private static <T> List<T> shuffled(Collection<T> items, SplittableRandom random) {
    List<T> order = new ArrayList<>(items);
    for (int i = order.size() - 1; i > 0; i--) {
      Collections.swap(order, i, random.nextInt(i + 1));
    }
    return order;
  }
}
