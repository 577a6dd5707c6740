package org.coplms.jobs.report;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.coplms.proxy.cotune.Metrics;

/** How figures and names are written for people; the same everywhere on the page. */
public final class Display {
  public static final String MISSING = "–";
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("d MMMM yyyy, HH:mm 'UTC'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);
  private static final List<String> BYTE_UNITS = List.of("B", "kB", "MB", "GB", "TB", "PB", "EB");
  private static final Map<String, String> MODELS =
      Map.of(
          "slm-before", "SLM before tuning",
          "slm-alone", "SLM tuned alone",
          "slm-after", "SLM co-tuned",
          "llm-before", "LLM before",
          "llm-after", "LLM after",
          "dpm-before", "DPM before",
          "dpm", "DPM");

  private Display() {}

  /** One decimal: scores, points. */
  public static String score(double value) {
    return Double.isFinite(value) ? minus(String.format(Locale.ROOT, "%.1f", value)) : "not finite";
  }

  /** A difference in points, with its sign. */
  public static String points(double value) {
    String text = score(value);
    return "0.0".equals(text) || text.startsWith("−") || text.startsWith("n") ? text : "+" + text;
  }

  /** A difference in points with two decimals: where a margin is compared with another's. */
  public static String finePoints(double value) {
    return Double.isFinite(value)
        ? String.format(Locale.ROOT, "%+.2f", value)
            .replace('-', '−')
            .replaceFirst("^[+−]0\\.00$", "0.00")
        : score(value);
  }

  /** An interval of scores or points. */
  public static String interval(double low, double high) {
    return score(low) + " to " + score(high);
  }

  /** A p value; the resamples cannot tell more than three decimals. */
  public static String pValue(double value) {
    return value < 0.001 ? "< 0.001" : String.format(Locale.ROOT, "%.3f", value);
  }

  /** A difference in per cent of {@code base}; empty where the base is zero. */
  public static String relative(double difference, double base) {
    return Math.abs(base) < 1e-9 ? "" : points(100 * difference / base) + " %";
  }

  /** A share 0-1 as per cent. */
  public static String share(double value) {
    return score(100 * value) + " %";
  }

  /** Three significant digits: losses and norms. */
  public static String significant(double value) {
    if (!Double.isFinite(value)) {
      return "not finite";
    }
    if (value == 0) {
      return "0";
    }
    double size = Math.abs(value);
    if (size >= 1e6 || size < 1e-4) {
      return minus(String.format(Locale.ROOT, "%.2e", value));
    }
    if (size >= 1000) {
      return count(Math.round(value));
    }
    int decimals = Math.max(0, 2 - (int) Math.floor(Math.log10(size)));
    return minus(String.format(Locale.ROOT, "%." + decimals + "f", value));
  }

  public static String count(long value) {
    return minus(String.format(Locale.ROOT, "%,d", value));
  }

  public static String bytes(long value) {
    return bytes((double) value);
  }

  /** Decimal units, one decimal from a thousand on. */
  public static String bytes(double value) {
    int unit = 0;
    double scaled = value;
    while (scaled >= 999.95 && unit < BYTE_UNITS.size() - 1) {
      scaled /= 1000;
      unit++;
    }
    String number = unit == 0 ? Long.toString(Math.round(scaled)) : score(scaled);
    return number + " " + BYTE_UNITS.get(unit);
  }

  /** Bytes beside a tick: no empty decimals. */
  public static String tickBytes(double value) {
    return bytes(value).replace(".0 ", " ");
  }

  /** A figure beside a tick: three significant digits, no empty decimals. */
  public static String tick(double value) {
    String text = significant(value);
    return text.contains(".") && !text.contains("e")
        ? text.replaceFirst("0+$", "").replaceFirst("\\.$", "")
        : text;
  }

  public static String seconds(double value) {
    if (value < 600) {
      return score(value) + " s";
    }
    long whole = Math.round(value);
    return whole < 7200
        ? whole / 60 + " min " + whole % 60 + " s"
        : whole / 3600 + " h " + whole % 3600 / 60 + " min";
  }

  public static String time(Instant value) {
    return TIME.format(value);
  }

  public static String device(int device) {
    return device == Metrics.SERVER ? "Server" : "Device " + device;
  }

  public static String model(String model) {
    return MODELS.getOrDefault(model, model);
  }

  private static String minus(String number) {
    return "-0.0".equals(number) ? "0.0" : number.replaceFirst("^-", "−");
  }
}
