package org.coplms.dataprep.builtin;

import com.ibm.icu.lang.UCharacter;
import com.ibm.icu.text.DateFormat;
import com.ibm.icu.text.RuleBasedNumberFormat;
import com.ibm.icu.util.TimeZone;
import com.ibm.icu.util.ULocale;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Questions and answers of one language from the CLDR, through ICU. Answers are in lower case with
 * single spaces; soft hyphens, which ICU puts between the parts of a number word, become spaces.
 *
 * <p>Not safe for use by several threads, as ICU's formats are not.
 */
public final class Language {
  private static final Pattern SPACE = Pattern.compile("[\\s\\p{Z}\\u00ad]+");

  private final String code;
  private final ULocale locale;
  private final String name;
  private final RuleBasedNumberFormat spelling;
  private final DateFormat longDate;

  private Language(String code) {
    this.code = code;
    locale = new ULocale(code);
    name = UCharacter.toLowerCase(ULocale.ENGLISH, locale.getDisplayName(ULocale.ENGLISH));
    spelling = new RuleBasedNumberFormat(locale, RuleBasedNumberFormat.SPELLOUT);
    // Locales with another calendar of their own are asked in the Gregorian one, as the question
    // is.
    longDate =
        DateFormat.getDateInstance(
            DateFormat.LONG, locale.setKeywordValue("calendar", "gregorian"));
    longDate.setTimeZone(TimeZone.GMT_ZONE);
  }

  /**
   * The language of an ICU locale code.
   *
   * @throws IllegalArgumentException when ICU has no number spelling for the code
   */
  static Language of(String code) {
    if (!isSpelled(code)) {
      throw new IllegalArgumentException("ICU spells no numbers in the language '" + code + "'");
    }
    return new Language(code);
  }

  /** Whether ICU has rules for the language itself and does not fall back to another's. */
  public static boolean isSpelled(String code) {
    ULocale asked = new ULocale(code);
    RuleBasedNumberFormat rules = new RuleBasedNumberFormat(asked, RuleBasedNumberFormat.SPELLOUT);
    return !asked.getLanguage().isEmpty()
        && rules.getLocale(ULocale.VALID_LOCALE).getLanguage().equals(asked.getLanguage());
  }

  /** {@code 7347 in french?} → {@code sept mille trois cent quarante-sept}. */
  Item number(int value) {
    return new Item(
        code,
        "number-" + value,
        "%d in %s?".formatted(value, name),
        List.of(clean(spelling.format(value))));
  }

  /** {@code 5/17/2031 in french?} → {@code 17 mai 2031}. */
  Item date(LocalDate day) {
    Date midnight = Date.from(day.atStartOfDay().toInstant(ZoneOffset.UTC));
    return new Item(
        code,
        "date-" + day,
        "%d/%d/%d in %s?".formatted(day.getMonthValue(), day.getDayOfMonth(), day.getYear(), name),
        List.of(clean(longDate.format(midnight))));
  }

  private String clean(String text) {
    return SPACE.matcher(UCharacter.toLowerCase(locale, text)).replaceAll(" ").strip();
  }
}
