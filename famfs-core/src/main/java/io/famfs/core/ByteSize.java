package io.famfs.core;

import java.util.Locale;

/// Sizes in bytes as people write them: a decimal or `0x` number and at most one of the suffixes
/// `k`, `M`, `G`, `T` (either case, powers of 1024).
public final class ByteSize {
  /// 1024 bytes.
  public static final long KIB = 1L << 10;

  /// 1024 KiB.
  public static final long MIB = 1L << 20;

  /// 1024 MiB.
  public static final long GIB = 1L << 30;

  /// 1024 GiB.
  public static final long TIB = 1L << 40;

  private static final String SUFFIXES = "kMGT";

  private ByteSize() {}

  /// Reads a size.
  ///
  /// @param text such as `8388608`, `0x800000`, `8M` or `0x10k`
  /// @return the number of bytes, 0 or more
  /// @throws NumberFormatException for anything else: signs, spaces, unknown or several suffixes,
  ///   values beyond 2^63-1; the message says what a size looks like
  public static long parse(String text) {
    int end = text.length();
    int shift = 0;
    if (end > 0) {
      int suffix = suffixIndex(text.charAt(end - 1));
      if (suffix >= 0) {
        shift = 10 * (suffix + 1);
        end--;
      }
    }
    long number = parseDigits(text, end);
    if (number < 0 || number > Long.MAX_VALUE >> shift) {
      throw refused(text);
    }
    return number << shift;
  }

  /// The shortest exact text that [#parse] reads back: `8M`, `1536k`, `1000`.
  public static String format(long lengthBytes) {
    int shift = 0;
    while (lengthBytes > 0 && shift < 40 && (lengthBytes >> shift) % 1024 == 0) {
      shift += 10;
    }
    return shift == 0
        ? Long.toString(lengthBytes)
        : (lengthBytes >> shift) + SUFFIXES.substring(shift / 10 - 1, shift / 10);
  }

  /// A rounded text for people, at most one digit behind the point: `1.5G`, `10M`, `512`.
  public static String human(long lengthBytes) {
    int shift = 0;
    while (shift < 40 && lengthBytes >> shift >= 1024) {
      shift += 10;
    }
    if (shift == 0) {
      return Long.toString(lengthBytes);
    }
    String suffix = SUFFIXES.substring(shift / 10 - 1, shift / 10);
    double value = (double) lengthBytes / (1L << shift);
    String digits = String.format(Locale.ROOT, "%.1f", value);
    return (digits.endsWith(".0") ? digits.substring(0, digits.length() - 2) : digits) + suffix;
  }

  private static int suffixIndex(char c) {
    for (int i = 0; i < SUFFIXES.length(); i++) {
      if (Character.toLowerCase(SUFFIXES.charAt(i)) == Character.toLowerCase(c)) {
        return i;
      }
    }
    return -1;
  }

  private static long parseDigits(String text, int end) {
    boolean hex = text.startsWith("0x") || text.startsWith("0X");
    int start = hex ? 2 : 0;
    int radix = hex ? 16 : 10;
    if (start >= end) {
      throw refused(text);
    }
    for (int i = start; i < end; i++) {
      char c = text.charAt(i);
      if (c > 'f' || Character.digit(c, radix) < 0) {
        throw refused(text);
      }
    }
    try {
      return Long.parseLong(text, start, end, radix);
    } catch (NumberFormatException e) {
      NumberFormatException refused = refused(text);
      refused.initCause(e);
      throw refused;
    }
  }

  private static NumberFormatException refused(String text) {
    return new NumberFormatException(
        "'" + text + "' is not a size: write bytes or a number with one of k, M, G, T, as in 64M");
  }
}
