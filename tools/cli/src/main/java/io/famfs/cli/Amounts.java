package io.famfs.cli;

import java.util.Locale;

/// Numbers for people, in a few columns.
final class Amounts {
  private static final long NANOS_PER_MICRO = 1_000;
  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final long NANOS_PER_SECOND = 1_000_000_000;
  private static final double TEN = 10;
  private static final double HUNDRED = 100;
  private static final long EXACT = 100_000;
  private static final double STEP = 1_000;

  private Amounts() {}

  /// A time with three digits at most: `780ns`, `3.1us`, `12ms`, `2.5s`.
  static String time(long nanos) {
    if (nanos < NANOS_PER_MICRO) {
      return nanos + "ns";
    }
    if (nanos < NANOS_PER_MILLI) {
      return digits((double) nanos / NANOS_PER_MICRO) + "us";
    }
    if (nanos < NANOS_PER_SECOND) {
      return digits((double) nanos / NANOS_PER_MILLI) + "ms";
    }
    return digits((double) nanos / NANOS_PER_SECOND) + "s";
  }

  private static String digits(double value) {
    return String.format(Locale.ROOT, value < TEN ? "%.1f" : "%.0f", value);
  }

  /// A number of things per second: `0.5`, `12`, `99321`, `1.2m`.
  static String rate(double perSecond) {
    if (perSecond > 0 && perSecond < TEN) {
      return String.format(Locale.ROOT, "%.1f", perSecond);
    }
    if (perSecond < EXACT) {
      return Long.toString(Math.round(perSecond));
    }
    double thousands = perSecond / STEP;
    return thousands < STEP
        ? String.format(Locale.ROOT, "%.0fk", thousands)
        : String.format(Locale.ROOT, "%.1fm", thousands / STEP);
  }

  /// The share of a part: `37%`; `-` of nothing.
  static String share(long part, long whole) {
    return whole == 0 ? "-" : Math.round(HUNDRED * part / whole) + "%";
  }

  /// A number of things: `1 file`, `3 files`.
  static String count(long number, String thing, String things) {
    return number + " " + (number == 1 ? thing : things);
  }
}
