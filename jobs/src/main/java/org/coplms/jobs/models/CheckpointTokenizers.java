package org.coplms.jobs.models;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.coplms.dataprep.card.Coverage;
import org.coplms.dataprep.card.TokenizerSummary;
import org.coplms.dataprep.card.Tokenizers;
import org.coplms.jobs.config.ModelSettings;
import org.coplms.jobs.config.ModelSettings.CheckpointSettings;
import org.coplms.jobs.config.Settings;
import org.coplms.udfs.text.TokenLengths;
import org.coplms.udfs.text.VocabularyCoverage;

/**
 * The tokenizers of a run's checkpoints, for data preparation; those of tiny models are trained on
 * what is prepared.
 */
public final class CheckpointTokenizers implements Tokenizers {
  private static final long serialVersionUID = 1L;

  private final TokenLengths lengths;

  private CheckpointTokenizers(TokenLengths lengths) {
    this.lengths = lengths;
  }

  /** Of all checkpoints among the models; empty without any. */
  public static Optional<Tokenizers> of(Settings settings, Configuration files) {
    Map<String, String> folders = new LinkedHashMap<>();
    for (ModelSettings model : settings.models().all()) {
      if (model instanceof CheckpointSettings checkpoint) {
        folders.put(checkpoint.name(), checkpoint.path());
      }
    }
    return folders.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new CheckpointTokenizers(
                new TokenLengths(folders, settings.text().promptFormat(), files)));
  }

  @Override
  public List<String> names() {
    return lengths.names();
  }

  @Override
  public int[] tokens(String prompt, String response) {
    return lengths.tokens(prompt, response);
  }

  @Override
  public Coverage coverage() {
    return new Vocabularies(lengths, lengths.coverages());
  }

  private static final class Vocabularies implements Coverage {
    private static final long serialVersionUID = 1L;

    private final TokenLengths lengths;
    private final ArrayList<VocabularyCoverage> counts;

    Vocabularies(TokenLengths lengths, List<VocabularyCoverage> counts) {
      this.lengths = lengths;
      this.counts = new ArrayList<>(counts);
    }

    @Override
    public void add(String text) {
      lengths.cover(text, counts);
    }

    @Override
    public void merge(Coverage other) {
      List<VocabularyCoverage> more = ((Vocabularies) other).counts;
      for (int i = 0; i < counts.size(); i++) {
        counts.get(i).merge(more.get(i));
      }
    }

    @Override
    public List<TokenizerSummary> summaries() {
      List<TokenizerSummary> summaries = new ArrayList<>();
      for (int i = 0; i < counts.size(); i++) {
        VocabularyCoverage count = counts.get(i);
        summaries.add(
            new TokenizerSummary(
                lengths.names().get(i),
                count.textTokens(),
                count.usedTokens(),
                count.tokens(),
                count.tokensPerWord(),
                count.unknownShare() + count.fallbackShare()));
      }
      return summaries;
    }
  }
}
