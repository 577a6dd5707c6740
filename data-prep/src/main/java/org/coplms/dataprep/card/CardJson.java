package org.coplms.dataprep.card;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import org.coplms.dataprep.PreparationException;

/** {@code card.json}: the card's components under their names, words joined by underscores. */
public final class CardJson {
  private static final JsonMapper JSON =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();

  private CardJson() {}

  public static String write(DataCard card) {
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(card) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A card is always JSON", e);
    }
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws PreparationException when the text is something else
   */
  public static DataCard read(String json) {
    try {
      return JSON.readValue(json, DataCard.class);
    } catch (JsonProcessingException e) {
      throw new PreparationException("Not a data card: " + e.getOriginalMessage(), e);
    }
  }
}
