package org.coplms.dataprep.domains;

import static org.apache.spark.sql.functions.array_distinct;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.feature.CountVectorizerModel;
import org.apache.spark.ml.feature.IDF;
import org.apache.spark.ml.feature.Normalizer;
import org.apache.spark.ml.feature.RegexTokenizer;
import org.apache.spark.ml.feature.StopWordsRemover;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.coplms.dataprep.PreparationException;

/**
 * Texts as unit vectors of tf-idf: words of letters, without stop words, over the terms that are in
 * most texts.
 *
 * @param stopWords a language that Spark has stop words of, or {@code none}
 * @param minDocumentFrequency texts that a term is in, at least
 */
record TextVectors(String stopWords, int vocabularySize, int minDocumentFrequency) {
  private static final String NONE = "none";
  private static final List<String> LANGUAGES =
      List.of(
          "danish",
          "dutch",
          "english",
          "finnish",
          "french",
          "german",
          "hungarian",
          "italian",
          "norwegian",
          "portuguese",
          "russian",
          "spanish",
          "swedish",
          "turkish");

  TextVectors {
    if (!LANGUAGES.contains(stopWords) && !stopWords.equals(NONE)) {
      throw new IllegalArgumentException(
          "stopWords must be none or one of %s, got '%s'".formatted(LANGUAGES, stopWords));
    }
  }

  /**
   * The stages from {@link TextColumns#TEXT} to {@link TextColumns#FEATURES}.
   *
   * @throws PreparationException when no term is in enough texts
   */
  List<Transformer> fit(Dataset<Row> texts) {
    List<Transformer> stages = new ArrayList<>();
    stages.add(
        new RegexTokenizer()
            .setInputCol(TextColumns.TEXT)
            .setOutputCol(TextColumns.TOKENS)
            .setPattern("[\\p{L}\\p{M}]+")
            .setGaps(false)
            .setToLowercase(false));
    // Texts and Spark's stop words are in lower case; a comparison without case asks for a locale.
    stages.add(
        new StopWordsRemover()
            .setInputCol(TextColumns.TOKENS)
            .setOutputCol(TextColumns.WORDS)
            .setCaseSensitive(true)
            .setStopWords(
                stopWords.equals(NONE)
                    ? new String[0]
                    : StopWordsRemover.loadDefaultStopWords(stopWords)));
    Dataset<Row> words = applied(stages, texts);
    stages.add(
        new CountVectorizerModel(vocabulary(words))
            .setInputCol(TextColumns.WORDS)
            .setOutputCol(TextColumns.COUNTS));
    stages.add(
        new IDF()
            .setInputCol(TextColumns.COUNTS)
            .setOutputCol(TextColumns.WEIGHTS)
            .fit(applied(stages, texts)));
    stages.add(
        new Normalizer().setInputCol(TextColumns.WEIGHTS).setOutputCol(TextColumns.FEATURES));
    return stages;
  }

  static Dataset<Row> applied(List<Transformer> stages, Dataset<Row> rows) {
    Dataset<Row> applied = rows;
    for (Transformer stage : stages) {
      applied = stage.transform(applied);
    }
    return applied;
  }

  /**
   * Terms by falling number of texts, then by the term. (Spark's own {@code CountVectorizer} leaves
   * the order of equally frequent terms to the shuffle.)
   */
  private String[] vocabulary(Dataset<Row> words) {
    List<Row> terms =
        words
            .select(explode(array_distinct(col(TextColumns.WORDS))).as("term"))
            .groupBy("term")
            .count()
            .filter(col("count").geq(minDocumentFrequency))
            .sort(col("count").desc(), col("term"))
            .limit(vocabularySize)
            .select("term")
            .collectAsList();
    if (terms.isEmpty()) {
      throw new PreparationException(
          "No term is in %d texts of the sample; lower minDocumentFrequency or add data"
              .formatted(minDocumentFrequency));
    }
    return terms.stream().map(row -> row.getString(0)).toArray(String[]::new);
  }

  static String[] terms(List<Transformer> stages) {
    return stages.stream()
        .filter(stage -> stage instanceof CountVectorizerModel)
        .map(stage -> ((CountVectorizerModel) stage).vocabulary())
        .findFirst()
        .map(terms -> Arrays.copyOf(terms, terms.length))
        .orElseThrow();
  }
}
