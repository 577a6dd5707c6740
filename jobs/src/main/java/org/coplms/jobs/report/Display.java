package org.coplms.jobs.report;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.coplms.proxy.cotune.Metrics;

/** How figures and names are written for people; the same everywhere on the page. */
final class Display {
  static final String MISSING = "–";
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
          "dpm", "DPM");

  private Display() {}

  /** One decimal: scores, points. */
  static String score(double value) {
    return Double.isFinite(value) ? minus(String.format(Locale.ROOT, "%.1f", value)) : "not finite";
  }

  /** A difference in points, with its sign. */
  static String points(double value) {
    String text = score(value);
    return "0.0".equals(text) || text.startsWith("−") || text.startsWith("n") ? text : "+" + text;
  }

  /** A difference in per cent of {@code base}; empty where the base is zero. */
  static String relative(double difference, double base) {
    return Math.abs(base) < 1e-9 ? "" : points(100 * difference / base) + " %";
  }

  /** A share 0-1 as per cent. */
  static String share(double value) {
    return score(100 * value) + " %";
  }

  /** Three significant digits: losses and norms. */
  static String significant(double value) {
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

  static String count(long value) {
    return minus(String.format(Locale.ROOT, "%,d", value));
  }

  static String bytes(long value) {
    return bytes((double) value);
  }

  /** Decimal units, one decimal from a thousand on. */
  static String bytes(double value) {
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
  static String tickBytes(double value) {
    return bytes(value).replace(".0 ", " ");
  }

  /** A figure beside a tick: three significant digits, no empty decimals. */
  static String tick(double value) {
    String text = significant(value);
    return text.contains(".") && !text.contains("e")
        ? text.replaceFirst("0+$", "").replaceFirst("\\.$", "")
        : text;
  }

  static String seconds(double value) {
    if (value < 600) {
      return score(value) + " s";
    }
    long whole = Math.round(value);
    return whole < 7200
        ? whole / 60 + " min " + whole % 60 + " s"
        : whole / 3600 + " h " + whole % 3600 / 60 + " min";
  }

  static String time(Instant value) {
    return TIME.format(value);
  }

  static String device(int device) {
    return device == Metrics.SERVER ? "Server" : "Device " + device;
  }

  static String model(String model) {
    return MODELS.getOrDefault(model, model);
  }

  private static String minus(String number) {
    return "-0.0".equals(number) ? "0.0" : number.replaceFirst("^-", "−");
  }
}
