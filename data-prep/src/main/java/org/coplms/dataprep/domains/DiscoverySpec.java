package org.coplms.dataprep.domains;

import java.io.Serializable;
import org.coplms.dataprep.Problems;

/**
 * How domains are found in texts; the components mean what the parameters of {@link
 * DomainDiscovery} do.
 *
 * @param model folder of a fitted {@link DomainModel} to use instead of fitting one; may be empty
 */
public record DiscoverySpec(
    String method,
    int minDomains,
    int maxDomains,
    int sampleSize,
    int vocabularySize,
    int minDocumentFrequency,
    int topTerms,
    String stopWords,
    String model)
    implements Serializable {
  public DiscoverySpec {
    Problems problems = new Problems();
    problems.requireAtLeast(2, "min-domains", minDomains);
    problems.requireAtLeast(minDomains, "max-domains", maxDomains);
    problems.requireAtLeast(2, "sample-size", sampleSize);
    problems.requireAtLeast(1, "vocabulary-size", vocabularySize);
    problems.requireAtLeast(1, "min-document-frequency", minDocumentFrequency);
    problems.requireAtLeast(1, "top-terms", topTerms);
    problems.require(model != null, "model must be a folder, or empty");
    problems.throwIfAny();
    Method unused = Method.named(method);
  }

  /** k-means, 2 to 10 domains, on 20,000 texts and 2,000 terms that 5 texts share. */
  public static DiscoverySpec defaults() {
    return new DiscoverySpec("kmeans", 2, 10, 20_000, 2_000, 5, 3, "english", "");
  }

  /** The stage that finds them. */
  public DomainDiscovery estimator(long seed) {
    return new DomainDiscovery()
        .setMethod(method)
        .setMinDomains(minDomains)
        .setMaxDomains(maxDomains)
        .setSampleSize(sampleSize)
        .setVocabularySize(vocabularySize)
        .setMinDocumentFrequency(minDocumentFrequency)
        .setTopTerms(topTerms)
        .setStopWords(stopWords)
        .setSeed(seed);
  }
}
